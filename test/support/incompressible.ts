/** Letters of three bytes each that do not compress, so that an index row cannot hold many of them. */
export const incompressible = (length: number): string =>
  Array.from({ length }, () => String.fromCharCode(0x4e00 + Math.floor(Math.random() * 20_000))).join('');
