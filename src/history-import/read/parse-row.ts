import { isUtf8 } from 'node:buffer';

export type JsonObject = Readonly<Record<string, unknown>>;

/** A row's object, or as much of its text as helps to say what stood there. `line`: where it begins, from 1. */
export type JsonRow =
  | { readonly line: number; readonly value: JsonObject }
  | { readonly line: number; readonly damaged: string; readonly reason: string };

/** What is kept of a row that cannot be read. */
export const KEPT_OF_DAMAGED = 4096;

/** @returns null where it is no JSON */
export function parseRow(bytes: Buffer, line: number): JsonRow | null {
  const text = bytes.toString();
  try {
    const value = JSON.parse(text) as JsonObject;
    if (!text.includes('\uFFFD') || isUtf8(bytes)) return { line, value };
    return { line, damaged: text.slice(0, KEPT_OF_DAMAGED), reason: 'its letters are not UTF-8' };
  } catch {
    return null;
  }
}
