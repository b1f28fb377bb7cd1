// The catalog at whoever owns its tables: this database's own row says who, at each use. That row is always safe to follow:
// it says "service" from the moment at which this side gave its right away, and "monolith" only when everything that was
// written there has come back.
import { AsyncLocalStorage } from 'node:async_hooks';
import { createOutside } from '#platform/ask-outside.ts';
import { runInCall } from '#platform/call-context.ts';
import { ShopError } from '#platform/errors.ts';
import { refusalIn, type Attempted, type Hold, type KnownOwner } from '#platform/held-writes.ts';
import type { AskedElsewhere, Edge } from '#platform/http/owner.ts';
import type { KeyedRequest, Once } from '#platform/idempotency.ts';
import { newId } from '#platform/ids.ts';
import type { Ownership, ReadOwnership } from '#platform/ownership.ts';
import type { CatalogCall } from './adapters/catalog.grpc.ts';
import type { Catalog, VersionedProduct } from './catalog.ts';

const CAPABILITY = 'catalog';

export interface OwnedCatalogDependencies {
  /** The module on this side's tables, and its keys. */
  readonly local: Catalog;
  readonly once: Once;
  readonly atService: (call: CatalogCall) => Catalog;
  readonly readOwnership: ReadOwnership;
  readonly hold: Hold;
  /** The request that the caller works for. */
  readonly edge: () => Edge | undefined;
}

export interface OwnedCatalog {
  readonly catalog: {
    /** An answer says which process it came from. */
    readonly forRoutes: Catalog;
    /** Their answers are their own; what they ask the service within a transaction, they ask before it. */
    readonly forSiblings: Catalog;
  };
  /**
   * A write that meets a side which does not own is undone there, held, and done at the owner under the same key. One
   * without a key is given one as soon as it may have been done somewhere.
   */
  readonly once: Once;
}

/** What the service has said of a product, and to whom. */
interface Answered {
  readonly question: {
    readonly asker: Edge | undefined;
    readonly at: number;
    readonly position: AskedElsewhere | undefined;
  };
  /** Undefined where it is not for sale. */
  readonly product: VersionedProduct | undefined;
}

export function createOwnedCatalog(dependencies: OwnedCatalogDependencies): OwnedCatalog {
  const { local, once, atService, readOwnership, hold, edge } = dependencies;
  const outside = createOutside<Answered>();
  /** Where the write is done that the caller works for: decided once an attempt, and not again by each of its steps. */
  const decided = new AsyncLocalStorage<Catalog>();

  function at(ownership: Ownership | undefined, write?: CatalogCall['write']): Catalog {
    const asker = edge();
    asker?.tellOwner(CAPABILITY, ownership);
    asker?.tellPosition(CAPABILITY, undefined);
    if (ownership?.owner !== 'service') return local;
    const onPosition = asker?.wantsPosition(CAPABILITY)
      ? (position: string | undefined) => asker.tellPosition(CAPABILITY, { position })
      : undefined;
    onPosition?.(undefined);
    const catalog = atService({ write, onPosition });
    if (asker === undefined) return catalog;
    // Found by the same id in the logs of both. The call has deadlines of its own.
    const context = { requestId: asker.requestId, deadline: Infinity, signal: new AbortController().signal };
    return followed((use) => runInCall(context, () => use(catalog)));
  }

  async function attempt<Reply>(
    request: KeyedRequest,
    work: () => Promise<Reply>,
    made: { key?: string },
  ): Promise<Attempted<Reply>> {
    const ownership = await readOwnership();
    const atOwner = ownership?.owner === 'service';
    if (atOwner && edge()?.wantsOwner(CAPABILITY)) return { refused: tell(ownership) };
    // From here on it may have been done at the service, so that nobody may do it without its key any more.
    if (atOwner) made.key ??= request.key ?? newId();
    const key = made.key ?? request.key;
    const write = key && atOwner ? writeOf(request, key, ownership) : undefined;
    const working = () => decided.run(at(ownership, write), work);
    try {
      return { answer: await (atOwner ? working() : once({ ...request, key }, working)) };
    } catch (error) {
      const refused = refusalIn(error);
      if (refused === undefined) throw error;
      return { refused: tell(refused), cause: error };
    }
  }

  function tell<Known extends KnownOwner>(known: Known): Known {
    edge()?.tellOwner(CAPABILITY, known);
    return known;
  }

  /** Where others have asked, too, nobody knows which of their positions is the latest. */
  function tellLatest(questions: readonly Answered['question'][]): void {
    const asker = edge();
    const latest = questions.toSorted((one, other) => one.at - other.at).at(-1);
    if (latest !== undefined && questions.every((each) => each.asker === asker))
      asker?.tellPosition(CAPABILITY, latest.position);
  }

  return {
    catalog: {
      forRoutes: followed(async (use) => {
        const catalog = decided.getStore() ?? at(await readOwnership());
        edge()?.tellServedBy(catalog === local ? 'monolith' : CAPABILITY);
        return use(catalog);
      }),
      forSiblings: {
        ...followed(async (use) => use(at(await readOwnership()))),
        async getProducts(ids) {
          const owner = at(await readOwnership());
          if (owner === local) return local.getProducts(ids);
          const asker = edge();
          const answers = await outside.ask([...new Set(ids.map((id) => id.toLowerCase()))], async (open) => {
            const found = byId(await owner.getProducts(open));
            const question = { asker, at: performance.now(), position: asker?.positionOf(CAPABILITY) };
            return new Map(open.map((id) => [id, { question, product: found.get(id) }]));
          });
          tellLatest(answers.map(({ question }) => question));
          return answers.flatMap(({ product }) => product ?? []);
        },
      },
    },
    async once(request, work) {
      const made = {};
      if (edge()?.wantsOwner(CAPABILITY)) {
        const first = await attempt(request, work, made);
        if ('answer' in first) return first.answer;
        throw notTheOwner(first.refused, first.cause);
      }
      const bytes = Buffer.byteLength(JSON.stringify(request.request));
      const write = { bytes, signal: edge()?.signal ?? new AbortController().signal };
      return hold.run(write, () => attempt(request, work, made));
    },
  };
}

const byId = (products: readonly VersionedProduct[]) =>
  new Map(products.map((found) => [found.product.id, found]));

/** Every use of a catalog, done at the one that is handed to it. */
function followed(at: <T>(use: (catalog: Catalog) => Promise<T>) => Promise<T>): Catalog {
  return {
    getProduct: (...words) => at((catalog) => catalog.getProduct(...words)),
    getProducts: (...words) => at((catalog) => catalog.getProducts(...words)),
    listProducts: (...words) => at((catalog) => catalog.listProducts(...words)),
    listCategories: () => at((catalog) => catalog.listCategories()),
    createProduct: (...words) => at((catalog) => catalog.createProduct(...words)),
    updateProduct: (...words) => at((catalog) => catalog.updateProduct(...words)),
    archiveProduct: (...words) => at((catalog) => catalog.archiveProduct(...words)),
  };
}

function writeOf({ caller, request }: KeyedRequest, key: string, { epoch }: Ownership): CatalogCall['write'] {
  const [, , headers] = request as readonly [unknown, unknown, Readonly<Record<string, string>> | undefined];
  // The header as it came: a key's request is told from another by its text.
  return { epoch, caller, key, etag: headers?.['if-match'] };
}

const notTheOwner = ({ owner, epoch, state }: KnownOwner, cause: unknown) =>
  new ShopError(
    'conflict',
    'not_the_owner',
    'This side does not own what is to be written: send it to whoever does.',
    { extra: { owner, epoch, state }, cause },
  );
