/** What the walk needs to know of an OpenAPI document. */
interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly required: boolean;
  readonly example?: unknown;
}

interface Operation {
  readonly operationId: string;
  readonly parameters: readonly Parameter[];
  readonly requestBody?: {
    readonly content: Readonly<Record<string, { readonly example?: unknown }>>;
  };
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, unknown>> }>>;
}

export interface Document {
  readonly servers: readonly { readonly url: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

export interface Endpoint extends Operation {
  readonly method: string;
  readonly path: string;
}

/** Reads first, and lists before what is found in them. */
export function listEndpoints({ paths }: Document): Endpoint[] {
  const all = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({
      ...operation,
      method: method.toUpperCase(),
      path,
    })),
  );
  const order = ({ method, path }: Endpoint): number =>
    Number(method !== 'GET') * 10 + path.split('{').length;
  return all.toSorted((one, other) => order(one) - order(other));
}
