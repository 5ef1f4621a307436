import { createDb, type Db } from '../../../src/db.ts';
import { migrateUp } from '../../../src/database/schema.ts';

/** A server on which databases may be made and dropped. */
export class BenchServer {
  private readonly template = `mtm_bench_${process.pid}_template`;
  private readonly made = new Set<string>();
  private readonly admin: Db;
  private readonly url: string;

  private constructor(url: string) {
    this.url = url;
    this.admin = open(url);
  }

  static async prepare(url: string): Promise<BenchServer> {
    const server = new BenchServer(url);
    await server.admin.execute(`CREATE DATABASE ${server.template} TEMPLATE template0`);
    server.made.add(server.template);
    await migrateUp(server.urlOf(server.template));
    return server;
  }

  version(): Promise<string> {
    return this.admin
      .one<{ version: string }>(`SELECT current_setting('server_version') AS version`)
      .then(({ version }) => version);
  }

  /** A database with the schema and nothing else; the earlier one of this name is dropped. */
  async fresh(name: string): Promise<string> {
    const database = `mtm_bench_${process.pid}_${name}`;
    await this.drop(database);
    await this.admin.execute(`CREATE DATABASE ${database} TEMPLATE ${this.template}`);
    this.made.add(database);
    // Every way begins on the same ground: what the one before left to write is written.
    await this.admin.execute('CHECKPOINT');
    return this.urlOf(database);
  }

  async close(): Promise<void> {
    for (const database of this.made) await this.drop(database);
    await this.admin.close();
  }

  private drop(database: string): Promise<number> {
    return this.admin.execute(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
  }

  private urlOf(database: string): string {
    return this.url.replace(/^(\w+:\/\/[^/?]*)(?:\/[^?]*)?/, `$1/${database}`);
  }
}

function open(url: string): Db {
  return createDb({ url, poolMin: 0, poolMax: 2, applicationName: 'bench', statementTimeoutMs: 0 });
}

export async function using<Result>(url: string, use: (db: Db) => Promise<Result>): Promise<Result> {
  const db = open(url);
  try {
    return await use(db);
  } finally {
    await db.close();
  }
}
