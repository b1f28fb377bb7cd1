-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "catalog";

-- CreateTable
CREATE TABLE "catalog"."categories" (
    "slug" TEXT NOT NULL,
    "name" TEXT NOT NULL,

    CONSTRAINT "categories_pkey" PRIMARY KEY ("slug")
);

-- CreateTable
CREATE TABLE "catalog"."products" (
    "id" UUID NOT NULL,
    "sku" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL,
    "category_slug" TEXT NOT NULL,
    "price_amount" INTEGER NOT NULL,
    "price_currency" CHAR(3) NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "archived_at" TIMESTAMPTZ(6),
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "name_words" tsvector GENERATED ALWAYS AS (to_tsvector('english', "name")) STORED,
    "all_words" tsvector GENERATED ALWAYS AS (to_tsvector('english', "name" || ' ' || "description")) STORED,

    CONSTRAINT "products_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "catalog"."idempotency_keys" (
    "caller" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "request_hash" TEXT NOT NULL,
    "reply" JSON,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "idempotency_keys_pkey" PRIMARY KEY ("caller","key")
);

-- CreateIndex
CREATE UNIQUE INDEX "categories_name_key" ON "catalog"."categories"("name");

-- CreateIndex
CREATE UNIQUE INDEX "products_sku_key" ON "catalog"."products"("sku");

-- CreateIndex
CREATE INDEX "products_category_slug_id_idx" ON "catalog"."products"("category_slug", "id" DESC);

-- CreateIndex
CREATE INDEX "products_category_slug_name_id_idx" ON "catalog"."products"("category_slug", "name", "id");

-- CreateIndex
CREATE INDEX "products_category_slug_price_amount_id_idx" ON "catalog"."products"("category_slug", "price_amount", "id");

-- CreateIndex
CREATE INDEX "products_name_id_idx" ON "catalog"."products"("name", "id");

-- CreateIndex
CREATE INDEX "products_price_amount_id_idx" ON "catalog"."products"("price_amount", "id");

-- CreateIndex
CREATE INDEX "products_name_words_idx" ON "catalog"."products" USING GIN ("name_words");

-- CreateIndex
CREATE INDEX "products_all_words_idx" ON "catalog"."products" USING GIN ("all_words");

-- CreateIndex
CREATE INDEX "idempotency_keys_created_at_idx" ON "catalog"."idempotency_keys"("created_at");

-- AddForeignKey
ALTER TABLE "catalog"."products" ADD CONSTRAINT "products_category_slug_fkey" FOREIGN KEY ("category_slug") REFERENCES "catalog"."categories"("slug") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What Prisma's schema cannot say: the rules that hold whatever the code does.
ALTER TABLE "catalog"."products" ADD CONSTRAINT "products_price_check" CHECK ("price_amount" > 0);
