// Which stage each path of the repository belongs to: the map from which the stages' tags are cut.

export interface Stage {
  readonly number: number;
  /** The folder below stages/, and the tag. */
  readonly name: string;
  /** What stands at its end, in one line. */
  readonly summary: string;
}

export interface PathRule {
  /** `*` stands for anything within one segment of a path, `**` for anything at all. */
  readonly paths: readonly string[];
  /** The first stage that has these paths; `never` for what serves the stages themselves. */
  readonly from: number | 'never';
  /** The last stage that has them; without it, all later ones do. */
  readonly until?: number;
}

export interface Manifest {
  readonly stages: readonly Stage[];
  /** The numbers of those that stand at head. The others are planned: they cannot be built yet. */
  readonly standing: readonly number[];
  /** Ordered, and the first rule that matches decides: exceptions stand above what they except. */
  readonly paths: readonly PathRule[];
  /** Files whose lines may end in a stage's mark, `// from stage-3`: earlier stages lack the line. */
  readonly registrationFiles: readonly string[];
  /** Overlay files that replace nothing, since head has no such file any more: why each is needed. */
  readonly overlayAdditions: Readonly<Record<string, string>>;
}

const stages: readonly Stage[] = [
  { number: 0, name: 'stage-0-monolith', summary: 'the whole shop in one Express process' },
  { number: 1, name: 'stage-1-seams', summary: 'ports between the modules, a schema for each' },
  { number: 2, name: 'stage-2-gateway', summary: 'the strangler in front, everything behind it as before' },
  { number: 3, name: 'stage-3-catalog-reads', summary: 'catalog extracted: replica, parallel run, canary' },
  { number: 4, name: 'stage-4-catalog-writes', summary: 'ownership of the catalog moved, and moved back' },
  { number: 5, name: 'stage-5-inventory', summary: 'stock across the wire: reservations with expiry' },
  { number: 6, name: 'stage-6-payments', summary: 'side effects: idempotency, ambiguous outcomes, outbox' },
  { number: 7, name: 'stage-7-orders', summary: 'the core: checkout as a saga' },
  { number: 8, name: 'stage-8-kubernetes', summary: 'the same switch, driven by an operator' },
  { number: 9, name: 'stage-9-decommissioned', summary: 'what moved out is deleted from the monolith' },
];

/** A migration carries its stage in its name: `20261122120000_stage_0_shop`. */
const migrations: readonly PathRule[] = stages.map(({ number }) => ({
  paths: [`prisma/*/migrations/*_stage_${number}_*/**`],
  from: number,
}));

export const manifest: Manifest = {
  stages,
  standing: [0, 1, 2, 3, 4],
  paths: [
    { from: 'never', paths: ['stages/**', 'scripts/stage.ts'] },
    // A tag's README is its stage's page.
    { from: 'never', paths: ['README.md'] },
    ...migrations,
    {
      from: 4,
      paths: [
        'strangler/ownership/transitions*',
        'strangler/ownership/model/**',
        'docs/decisions/0035-the-right-travels-in-the-stream.md',
        'docs/decisions/0038-rows-are-compared-by-ranges-of-keys.md',
        'docs/decisions/0039-a-move-needs-no-switch.md',
        'docs/ownership.md',
        'strangler/ownership/recovery-table.test.ts',
        'strangler/ownership/move-ownership*',
        'strangler/ownership/move-steps*',
        'strangler/switch/move-log*',
        'strangler/switch/plan.ts',
        'strangler/switch/writes*',
        'scripts/switch-moves*',
        'scripts/testing-moves.ts',
        'strangler/ownership/preflight*',
        'strangler/ownership/check-streams.ts',
        'strangler/ownership/diff/**',
        'strangler/ownership/doctor/**',
        'strangler/ownership/sql/adopt-*.sql',
        'strangler/switch/doctor*',
        'strangler/switch/auto*',
        'strangler/switch/auto/**',
        'scripts/switch-auto*',
        'docs/doctor.md',
        'strangler/switch/diff*',
        'scripts/switch-proof*',
        'strangler/ownership/set-ownership*',
        'strangler/ownership/sql/set-ownership.sql',
        'strangler/ownership/sql/lock-fence.sql',
        'strangler/ownership/sql/diff-*.sql',
        'strangler/ownership/sql/hold-right.sql',
        'strangler/ownership/sql/*-repair.sql',
        'strangler/ownership/sql/oldest-transaction.sql',
        'strangler/ownership/sql/stream-facts.sql',
        'strangler/ownership/testing-traffic.ts',
        'strangler/ownership/testing-mover.ts',
        'strangler/ownership/testing-room.ts',
        'strangler/ownership/move-crashes.endurance.test.ts',
        'strangler/ownership/fence-isolation.test.ts',
        'bench/switch/**',
        'bench/diff/**',
        'scripts/bench-diff*',
        'docs/benchmarks-diff.md',
        'docs/benchmarks-switch.md',
        'scripts/bench-switch*',
        'platform/ask-outside*',
        'platform/held-writes*',
        'strangler/gateway/writes/**',
        'scripts/gateway-moves*',
        'scripts/testing-gateway-moves.ts',
        'strangler/gateway/routes/catalog-writes*',
        'docs/decisions/0037-*.md',
        'platform/ownership*',
        'platform/http/owner*',
        'extracted/catalog/epochs*',
        'monolith/modules/*/adapters/*.grpc*',
        'monolith/modules/*/owned*',
        'monolith/modules/*/open-owned.ts',
        'monolith/modules/catalog/adapters/README.md',
        'scripts/monolith-moves*',
        'scripts/testing-verbs.ts',
        'strangler/ownership/sql/tell-owner.sql',
        'docs/decisions/0036-the-monolith-follows-its-own-row.md',
        'torture/**',
        'scripts/torture*',
        'docs/torture.md',
        'docs/architecture.md',
        'docs/auto.md',
        'docs/decisions/0053-a-gate-that-has-failed-stays-failed.md',
        'workshop/06-the-grant-that-came-too-early/**',
        'workshop/TEACHING.md',
        'tour/**',
        'scripts/tour*',
      ],
    },
    {
      from: 3,
      paths: [
        'extracted/**',
        'prisma/catalog/**',
        'platform/batches*',
        'prisma/switch/**',
        'platform/not-the-owner*',
        'platform/position*',
        'platform/http/position*',
        'monolith/testing/seed-process.ts',
        'strangler/answers/**',
        'strangler/capabilities.ts',
        'strangler/gateway/reads/**',
        'strangler/gateway/routes/catalog-service*',
        'strangler/ownership/**',
        'strangler/plans/**',
        'strangler/gateway/shadow/**',
        'strangler/switch/**',
        'scripts/switch.ts',
        'scripts/switch*.test.ts',
        'scripts/replicated.endurance.test.ts',
        'scripts/testing-topology.ts',
        'scripts/topologies.endurance.test.ts',
        'scripts/start-services.endurance.test.ts',
        'scripts/diff-extraction*',
        'scripts/workshop-same-side*',
        'workshop/02-the-same-side/**',
        'workshop/04-find-the-mismatch/**',
        'workshop/05-the-read-that-went-backwards/**',
        'scripts/workshop-fence*',
        'workshop/03-write-the-fence/**',
        'scripts/bench-replication.ts',
        'bench/replication/**',
        'scripts/bench-grpc*',
        'bench/grpc/**',
        'scripts/bench-rest-grpc*',
        'scripts/split-shop.ts',
        'bench/gateway/rest-to-grpc*',
        'compare/**',
        'platform/free-port.ts',
        'scripts/compare*',
        'docs/compare.md',
        'docs/decisions/0030-native-replication.md',
        'docs/decisions/0032-who-reads-from-the-service.md',
        'docs/decisions/0052-plans-in-a-control-process.md',
        'docs/decisions/0033-a-difference-has-to-last.md',
        'docs/decisions/0034-the-fence.md',
        'docs/decisions/0050-a-service-is-a-copy.md',
        'docs/decisions/0051-positions.md',
        'protos/**',
        'buf.yaml',
        'buf.gen.yaml',
        'platform/grpc/**',
        'platform/call-context*',
        'platform/http/call-context*',
        'platform/generators/contract*',
        'scripts/check-protos*',
        'scripts/contracts*',
        'docs/contracts/**',
        'docs/benchmarks-grpc.md',
        'docs/benchmarks-replication.md',
      ],
    },
    {
      from: 2,
      paths: [
        'strangler/README.md',
        'strangler/gateway/**',
        'scripts/gateway*.endurance.test.ts',
        'scripts/bench-gateway*',
        'bench/gateway/**',
        'docs/benchmarks-gateway.md',
        'docs/decisions/0031-a-gateway-of-our-own.md',
      ],
    },
    {
      from: 1,
      paths: [
        'monolith/modules/*/ports.ts',
        'monolith/modules/*/adapters/*.local.ts',
        'monolith/seams.test.ts',
        'scripts/check-schemas.ts',
        'scripts/check-schemas.test.ts',
        'scripts/check-seams.test.ts',
        'scripts/testing-workshop.ts',
        'scripts/workshop*',
        'workshop/**',
      ],
    },
    {
      from: 0,
      paths: [
        'monolith/**',
        'platform/**',
        'outside/**',
        'acceptance/**',
        'load/**',
        'bench/**',
        'scripts/**',
        'docs/**',
        'prisma/README.md',
        'prisma/monolith/schema.prisma',
        'prisma/monolith/migrations/migration_lock.toml',
        '.github/**',
        '.ci/**',
      ],
    },
    {
      from: 0,
      // Each by its name, so that a new file at the root is noticed.
      paths: [
        '.dependency-cruiser.js',
        '.editorconfig',
        '.gitattributes',
        '.gitignore',
        '.npmrc',
        '.nvmrc',
        '.prettierignore',
        '.prettierrc.json',
        'CHANGELOG.md',
        'CONTRIBUTING.md',
        'LICENSE',
        'SECURITY.md',
        'eslint.config.js',
        'jest.config.js',
        'jest.endurance.config.js',
        'package-lock.json',
        'package.json',
        'tsconfig.json',
      ],
    },
  ],
  registrationFiles: [
    'extracted/catalog/server.ts',
    'monolith/app.ts',
    'monolith/config.ts',
    'monolith/database.ts',
    'monolith/main.ts',
    'monolith/shop.ts',
    'platform/generated.ts',
    'scripts/bench.ts',
    'scripts/front.ts',
    'scripts/services.ts',
    'scripts/switch.ts',
    'strangler/gateway/headers.ts',
    'strangler/gateway/layers.ts',
  ],
  overlayAdditions: {
    'monolith/cross-module-queries.ts': 'what stage 1 cut: no query joins the tables of two modules any more',
  },
};
