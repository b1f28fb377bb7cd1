// What somebody has seen of each product, by its version: no later look of theirs may show less.
//
// Versions only grow. What a shop knows about a browser travels in its cookies, and of two answers that were awaited at
// once the one that comes last sets them. So what the other one showed is not held against the shop any more.

export interface Seen {
  /** To be called when a look begins. */
  look(productId: string | undefined): Look;
}

export interface Look {
  /** The version that was known before; undefined where none was. */
  readonly before: number | undefined;
  /** @param version that the answer shows; undefined where it shows none. */
  end(version: number | undefined): void;
}

export function createSeen(): Seen {
  const versions = new Map<string, { readonly version: number; readonly learned: number }>();
  let learned = 0;

  function forgetAllSince(begin: number): void {
    for (const [id, mark] of versions) if (mark.learned > begin) versions.delete(id);
  }

  return {
    look(productId) {
      const begin = learned;
      const before = productId === undefined ? undefined : versions.get(productId)?.version;
      return {
        before,
        end(version) {
          if (learned > begin) forgetAllSince(begin);
          learned += 1;
          if (productId === undefined || version === undefined) return;
          versions.set(productId, { version: Math.max(version, before ?? 0), learned });
        },
      };
    },
  };
}
