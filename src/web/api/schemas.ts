import { z } from 'zod';

/** Named in the document, and in clients made from it. */
export const NAMED_SCHEMAS = z.registry<{ id: string }>();

export function named<Schema extends z.ZodType>(id: string, schema: Schema): Schema {
  NAMED_SCHEMAS.add(schema, { id });
  return schema;
}
