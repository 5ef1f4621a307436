const TEXT_OID = 25;
const INT4_OID = 23;
const HEADER_BYTES = 20;

/** A `text[]` or `int[]` in PostgreSQL's binary form: sent as it is, nothing in it is quoted or parsed. */
export class BinaryArray {
  private readonly pieces: Buffer[] = [];
  private bytes = 0;
  private hasNull = 0;
  private readonly oid: number;

  constructor(element: 'text' | 'int') {
    this.oid = element === 'text' ? TEXT_OID : INT4_OID;
  }

  add(value: Buffer | number | null): void {
    const head = Buffer.allocUnsafe(typeof value === 'number' ? 8 : 4);
    if (value === null) {
      this.hasNull = 1;
      head.writeInt32BE(-1);
    } else if (typeof value === 'number') {
      head.writeInt32BE(4);
      head.writeInt32BE(value, 4);
    } else {
      head.writeInt32BE(value.length);
    }
    this.push(head);
    if (Buffer.isBuffer(value)) this.push(value);
    this.count += 1;
  }

  private count = 0;

  /** The whole array; afterwards it is empty again. */
  take(): Buffer {
    const header = Buffer.alloc(HEADER_BYTES);
    header.writeInt32BE(1, 0);
    header.writeInt32BE(this.hasNull, 4);
    header.writeInt32BE(this.oid, 8);
    header.writeInt32BE(this.count, 12);
    header.writeInt32BE(1, 16);
    const whole = Buffer.concat([header, ...this.pieces], HEADER_BYTES + this.bytes);
    this.pieces.length = 0;
    this.bytes = 0;
    this.count = 0;
    this.hasNull = 0;
    return whole;
  }

  private push(piece: Buffer): void {
    this.pieces.push(piece);
    this.bytes += piece.length;
  }
}
