-- CreateTable
CREATE TABLE "catalog_idempotency_keys" (
    "caller" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "request_hash" TEXT NOT NULL,
    "reply" JSON,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "catalog_idempotency_keys_pkey" PRIMARY KEY ("caller","key")
);

-- CreateTable
CREATE TABLE "inventory_idempotency_keys" (
    "caller" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "request_hash" TEXT NOT NULL,
    "reply" JSON,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "inventory_idempotency_keys_pkey" PRIMARY KEY ("caller","key")
);

-- CreateTable
CREATE TABLE "sign_in_tallies" (
    "name" TEXT NOT NULL,
    "made" INTEGER NOT NULL,
    "refused" INTEGER NOT NULL,
    "ends_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "sign_in_tallies_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "customers_idempotency_keys" (
    "caller" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "request_hash" TEXT NOT NULL,
    "reply" JSON,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "customers_idempotency_keys_pkey" PRIMARY KEY ("caller","key")
);

-- CreateTable
CREATE TABLE "carts_idempotency_keys" (
    "caller" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "request_hash" TEXT NOT NULL,
    "reply" JSON,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "carts_idempotency_keys_pkey" PRIMARY KEY ("caller","key")
);

-- CreateIndex
CREATE INDEX "catalog_idempotency_keys_created_at_idx" ON "catalog_idempotency_keys"("created_at");

-- CreateIndex
CREATE INDEX "inventory_idempotency_keys_created_at_idx" ON "inventory_idempotency_keys"("created_at");

-- CreateIndex
CREATE INDEX "sign_in_tallies_ends_at_idx" ON "sign_in_tallies"("ends_at");

-- CreateIndex
CREATE INDEX "customers_idempotency_keys_created_at_idx" ON "customers_idempotency_keys"("created_at");

-- CreateIndex
CREATE INDEX "carts_idempotency_keys_created_at_idx" ON "carts_idempotency_keys"("created_at");
