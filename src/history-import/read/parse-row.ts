import { isUtf8 } from 'node:buffer';

export type JsonObject = Readonly<Record<string, unknown>>;

/** `line`: where it begins, from 1. `damaged`: as much of its text as helps to find it. */
export type JsonRow =
  | { readonly line: number; readonly value: JsonObject }
  | { readonly line: number; readonly damaged: string; readonly reason: string };

export const KEPT_OF_DAMAGED = 4096;

/** Null: not JSON. */
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
