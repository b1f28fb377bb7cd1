-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "switch";

-- CreateTable
CREATE TABLE "switch"."plans" (
    "capability" TEXT NOT NULL,
    "service_percent" SMALLINT NOT NULL DEFAULT 0,
    "shadow_percent" SMALLINT NOT NULL DEFAULT 0,
    "version" BIGINT NOT NULL DEFAULT 0,
    "changed_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "plans_pkey" PRIMARY KEY ("capability")
);

-- CreateTable
CREATE TABLE "switch"."audit_entries" (
    "id" UUID NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "who" TEXT NOT NULL,
    "verb" TEXT NOT NULL,
    "capability" TEXT NOT NULL,
    "before" JSONB NOT NULL,
    "after" JSONB NOT NULL,

    CONSTRAINT "audit_entries_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "switch"."mismatches" (
    "arrival" UUID NOT NULL,
    "id" UUID NOT NULL,
    "capability" TEXT NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL,
    "method" TEXT NOT NULL,
    "path" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "differences" JSONB NOT NULL,
    "position" TEXT NOT NULL,

    CONSTRAINT "mismatches_pkey" PRIMARY KEY ("arrival")
);

-- CreateTable
CREATE TABLE "switch"."shadow_counts" (
    "capability" TEXT NOT NULL,
    "reporter" UUID NOT NULL,
    "match" BIGINT NOT NULL,
    "mismatch" BIGINT NOT NULL,
    "lag" BIGINT NOT NULL,
    "inconclusive" BIGINT NOT NULL,
    "reported_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "shadow_counts_pkey" PRIMARY KEY ("capability","reporter")
);

-- CreateIndex
CREATE INDEX "audit_entries_capability_id_idx" ON "switch"."audit_entries"("capability", "id" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "mismatches_id_key" ON "switch"."mismatches"("id");

-- CreateIndex
CREATE INDEX "mismatches_capability_arrival_idx" ON "switch"."mismatches"("capability", "arrival" DESC);

-- What Prisma cannot say: a plan is a plan.
ALTER TABLE "switch"."plans"
    ADD CONSTRAINT "plans_percent" CHECK ("service_percent" BETWEEN 0 AND 100 AND "shadow_percent" BETWEEN 0 AND 100);
