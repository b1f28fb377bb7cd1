// The capabilities that can move, one a line: which schema holds their tables, and who owns the database of each side.
export interface Capability {
  readonly schema: string;
  /** A folder of `prisma/` each. */
  readonly owners: { readonly monolith: string; readonly service: string };
}

export const CAPABILITIES: Readonly<Record<string, Capability>> = {
  catalog: { schema: 'catalog', owners: { monolith: 'monolith', service: 'catalog' } },
};
