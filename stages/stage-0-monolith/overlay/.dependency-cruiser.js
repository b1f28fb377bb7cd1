// Who may import whom: every rule says why it stands, and scripts/check-boundaries.ts prints that reason.

const EXPRESS = 'node_modules/(@types/)?express(-serve-static-core)?/';
const PRISMA_CLIENTS = '^generated/prisma/';
const STANDARD_PROTOS = '^generated/protos/(google|grpc)/';
/** shop.common is for all contracts, shop.testing for the tests of platform/grpc. */
const SHARED_PROTOS = '^generated/protos/shop/(common|testing)/';
const UNJUDGED = ['node_modules/', '^generated/'];

/** Type imports count: a type is knowledge of the other side as much as a call is. */
const options = {
  tsPreCompilationDeps: true,
  doNotFollow: { path: UNJUDGED },
  exclude: { path: ['^stages/[^/]+/overlay/'] },
  enhancedResolveOptions: {
    exportsFields: ['exports'],
    conditionNames: ['import', 'require', 'node', 'default', 'types'],
  },
};

const rule = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

const forbidden = [
  rule(
    'platform-knows-nothing-of-ours',
    'platform is the ground floor: it must run under any process of any stage, so it knows no business.',
    { path: '^platform/' },
    { dependencyTypes: ['local'], pathNot: ['^platform/', '^generated/protos/'] },
  ),
  rule(
    'platform-knows-no-contract-of-a-service',
    "platform/grpc reads the code generated from gRPC's and Google's standard messages, and from shop.common, which every contract shares; a service's own contract is business.",
    { path: '^platform/' },
    { path: '^generated/protos/', pathNot: [STANDARD_PROTOS, SHARED_PROTOS] },
  ),
  rule(
    'only-platform-grpc-knows-protos',
    'The rest of the ground floor runs in stages that have no contracts.',
    { path: '^platform/', pathNot: '^platform/grpc/' },
    { path: '^generated/protos/' },
  ),
  rule(
    'siblings-by-the-front-door',
    "A module reaches a sibling by <module>/<module>.ts alone: what is behind that door can then move to another process without the sibling's knowledge.",
    { path: '^monolith/modules/([^/]+)/' },
    {
      path: '^monolith/modules/',
      pathNot: ['^monolith/modules/$1/', '^monolith/modules/([^/]+)/\\1\\.ts$'],
    },
  ),
  rule(
    'only-repositories-know-prisma',
    'Who opens the database is a short list (repository.ts, database.ts, cross-module-queries.ts, the seed), because each of them has to change when a table moves out.',
    {
      pathNot: [
        PRISMA_CLIENTS,
        '^scripts/',
        '^monolith/modules/[^/]+/repository(\\.test)?\\.ts$',
        '^monolith/(database|cross-module-queries)(\\.test)?\\.ts$',
        '^monolith/seed/',
        '^extracted/[^/]+/(repository|database)(\\.test)?\\.ts$',
      ],
    },
    { path: PRISMA_CLIENTS },
  ),
  rule(
    'only-routes-know-express',
    'Use cases that never saw a request can be served by gRPC as they are: only routes.ts, the edge of the monolith (app, health, pages) and platform/http know Express.',
    {
      pathNot: [
        'node_modules/',
        '^scripts/',
        '^monolith/modules/[^/]+/routes(\\.test)?\\.ts$',
        '^monolith/(app|health|pages)(\\.test)?\\.ts$',
        '^platform/http/',
        // Another company, and not to be extracted from.
        '^outside/',
        // What the monolith, gRPC and the gateway are measured against, and no part of them.
        '^bench/(baseline|grpc/edges)/',
        '^bench/gateway/express-proxy\\.ts$',
      ],
    },
    { path: EXPRESS },
  ),
  rule(
    'services-stand-alone',
    'An extracted service is deployed without the monolith, the strangler and its sister services: it meets them over the wire.',
    { path: '^extracted/([^/]+)/' },
    {
      dependencyTypes: ['local'],
      pathNot: ['^extracted/$1/', '^platform/', '^generated/protos/', '^generated/prisma/$1/'],
    },
  ),
  rule(
    'only-the-edge-of-a-service-knows-grpc',
    'Use cases that never saw a message stay the same file as the module they were copied from: only grpc.ts, messages.ts (its translations), server.ts and adapters that call other services know contracts.',
    {
      path: '^extracted/',
      pathNot: [
        '^extracted/[^/]+/(grpc|messages|server)\\.ts$',
        '^extracted/[^/]+/adapters/[^/]+\\.grpc\\.ts$',
        '(\\.test|/testing[^/]*)\\.ts$',
      ],
    },
    { path: ['^generated/protos/', '@grpc/grpc-js/'] },
  ),
  rule(
    'only-grpc-adapters-know-contracts',
    'To the monolith, what moved out is one more adapter (adapters/catalog.grpc.ts), and whatever opens its client: nothing else changes its words.',
    {
      path: '^monolith/',
      pathNot: [
        '^monolith/modules/[^/]+/(adapters/[^/]+\\.grpc|open-owned)\\.ts$',
        '(\\.test|/testing[^/]*)\\.ts$',
      ],
    },
    { path: ['^generated/protos/', '@grpc/grpc-js/'] },
  ),
  rule(
    'the-strangler-imports-neither-side',
    'The strangler moves traffic between two sides that it sees over the wire; it speaks plain SQL, and opens no Prisma client.',
    { path: '^strangler/' },
    { path: ['^monolith/', '^extracted/', PRISMA_CLIENTS] },
  ),
  rule(
    'acceptance-imports-nothing-of-ours',
    'The acceptance suite judges every topology from the outside: what it shares with the shop it cannot judge.',
    { path: '^acceptance/' },
    { dependencyTypes: ['local'], pathNot: '^acceptance/' },
  ),
  rule(
    'load-sees-the-shop-over-the-wire',
    'The traffic is the same for every topology only if it knows none of them: it meets the shop by HTTP, as customers do.',
    { path: '^load/' },
    { dependencyTypes: ['local'], pathNot: '^(load|platform)/' },
  ),
  rule(
    'the-bench-measures-what-runs',
    'What is measured is the real thing: processes met by HTTP, by SQL and by their contracts, and replication as the switch sets it up; of the monolith the bench may use the seed and its tables, and the SQL of the product list to explain it.',
    { path: '^bench/' },
    {
      dependencyTypes: ['local'],
      pathNot: [
        '^(bench|platform|generated/protos)/',
        '^monolith/seed/(seed|product-tables)\\.ts$',
        '^monolith/modules/catalog/list-products\\.ts$',
        '^strangler/ownership/',
      ],
    },
  ),
  rule(
    'torture-meets-the-databases',
    'What judges whether ownership moves safely must not lean on what it judges: it writes over the wire, and takes from the shop only what moves ownership, and the chance of the load.',
    { path: '^torture/' },
    {
      dependencyTypes: ['local'],
      pathNot: ['^(torture|platform)/', '^strangler/ownership/', '^load/dice\\.ts$'],
    },
  ),
  rule(
    'the-tour-meets-the-shop',
    'What shows that nothing is lost must not lean on what moves it: it knows the shop by HTTP, by its commands and by the ledger of the payment provider, as its readers do; only sessions and histograms are those of the load.',
    { path: '^tour/' },
    {
      dependencyTypes: ['local'],
      pathNot: ['^(tour|platform)/', '^load/(client|session|people|histogram)\\.ts$'],
    },
  ),
  rule(
    'outside-knows-only-platform',
    'The payment provider is another company, and a load balancer is bought: they may share the ground floor with the shop, never the shop itself.',
    { path: '^outside/' },
    { dependencyTypes: ['local'], pathNot: '^(outside|platform)/' },
  ),
  rule(
    'no-cycles',
    'Two files that import each other are one file: neither can be loaded, tested or moved alone.',
    {},
    { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
  ),
  rule(
    'no-cycles-between-folders',
    'What moves out moves as a folder: folders whose files know each other, if only by type, cannot be parted.',
    { path: '^(.+)/[^/]+$' },
    { circular: true, via: { pathNot: '^$1/' } },
  ),
  {
    name: 'no-index-files',
    comment:
      'An index.ts hides where a name comes from, and breeds cycles: import from the file, and name it by what it is for.',
    severity: 'error',
    // Nearly any number of importers, none included: what is forbidden is the file itself.
    module: { path: '(^|/)index\\.ts$', pathNot: UNJUDGED, numberOfDependentsLessThan: 100 },
    from: {},
  },
  rule(
    'every-import-resolves',
    'No rule can judge an import whose file is not found: correct the path, or npm run generate.',
    {},
    { couldNotResolve: true },
  ),
];

// eslint-disable-next-line no-restricted-syntax -- dependency-cruiser takes the default export
export default { forbidden, options };
