import { beforeAll, describe, expect, it } from 'vitest';
import type { Endpoint } from '../../../src/web/api/endpoint.ts';
import { ENDPOINTS } from '../../../src/web/api/endpoints.ts';
import { parametersOf } from '../../../src/web/api/openapi.ts';
import { addressOf, insertApiArchive, programOf, type Program } from '../../support/api.ts';
import { useApp } from '../../support/app.ts';

const test = useApp();
let alice: Program;

beforeAll(async () => {
  alice = await programOf(test, await insertApiArchive(test, 'alice'));
});

interface Schema {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly items?: Schema;
}

/** What a schema by its own account does not let in. */
function misfits({ type, enum: values, format, minimum, maximum, maxLength, items }: Schema): string[] {
  if (items) return misfits(items);
  return [
    ...(values ? ['no-such-value', ''] : []),
    ...(format === 'date' ? ['2024-02-30', 'yesterday', '2024-1-1', '0000-01-01', ''] : []),
    ...(type === 'integer' ? ['1.5'] : []),
    ...(type === 'integer' || type === 'number' ? ['x', '', '1e3', '0x1', 'NaN', '9'.repeat(300)] : []),
    ...(minimum === undefined ? [] : [String(minimum - 1)]),
    ...(maximum === undefined ? [] : [String(maximum + 1)]),
    ...(maxLength === undefined ? [] : ['x'.repeat(maxLength + 1)]),
  ];
}

const HOSTILE = [
  ['', ' ', '\0', '%', '\uD800', '\u202E', "'; DROP TABLE users;--", '<script>', '[]', '{}', '__proto__'],
  ['null', '-1', '99999999999999999999', 'infinity', '٣', 'ﷺ'.repeat(20), 'x'.repeat(5_000)],
  ['e30', 'bnVsbA', Buffer.from('{"track_id":"\\u0000","listings":1e400}').toString('base64url')],
].flat();

/** The endpoint's own example with one parameter changed. */
function withParameter(endpoint: Endpoint, name: string, where: unknown, value: string): string {
  if (where === 'path')
    return addressOf(endpoint, { ...alice.samples, [name]: Buffer.from(value).toString() });
  const [path, query = ''] = addressOf(endpoint, alice.samples).split('?');
  const written = new URLSearchParams(query);
  written.set(name, value);
  return `${path}?${written.toString()}`;
}

const isNamed = async (answer: Response, name: string): Promise<boolean> => {
  const { errors = [] } = (await answer.json()) as { errors?: { parameter: string }[] };
  return errors.some(({ parameter }) => parameter.split('.')[0] === name);
};

const READS = ENDPOINTS.filter(({ method }) => method === 'GET');

describe.each(READS.map((one) => [one.path, one] as const))('GET %s', (_path, endpoint) => {
  const parameters = [...parametersOf(endpoint, 'path'), ...parametersOf(endpoint, 'query')] as {
    name: string;
    in: string;
    required: boolean;
    schema: Schema;
  }[];

  it('refuses what does not fit a parameter’s schema, by its name', async () => {
    for (const { name, in: where, schema } of parameters)
      for (const value of misfits(schema)) {
        const answer = await alice.ask(withParameter(endpoint, name, where, value));
        expect([name, value.slice(0, 20), answer.status]).toEqual([name, value.slice(0, 20), 400]);
        expect(await isNamed(answer, name)).toBe(true);
      }
  });

  it('refuses a parameter given twice, missing or unknown, by its name', async () => {
    const [path = '', query = ''] = addressOf(endpoint, alice.samples).split('?');
    const ofQuery = parameters.filter((one) => one.in === 'query');
    const twice = ofQuery
      .filter(({ schema }) => schema.type !== 'array')
      .map(
        ({ name, in: where }) => [name, `${withParameter(endpoint, name, where, '1')}&${name}=1`] as const,
      );
    const missing = ofQuery.filter(({ required }) => required).map(({ name }) => [name, path] as const);
    const unknown = ['no_such_parameter', `${path}?${query}&no_such_parameter=1`] as const;
    for (const [name, address] of [...twice, ...missing, unknown]) {
      const answer = await alice.ask(address);
      expect([name, answer.status, await isNamed(answer, name)]).toEqual([name, 400, true]);
    }
  });

  it('answers the strangest values without a fault of ours', async () => {
    for (const { name, in: where } of parameters)
      for (const value of HOSTILE) {
        const { status } = await alice.ask(withParameter(endpoint, name, where, value));
        expect([name, value.slice(0, 20), status < 500]).toEqual([name, value.slice(0, 20), true]);
      }
  });
});
