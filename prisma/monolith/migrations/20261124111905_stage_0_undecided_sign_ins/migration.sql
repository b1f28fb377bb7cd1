-- AlterTable
ALTER TABLE "sign_in_tallies" ADD COLUMN     "undecided" TIMESTAMPTZ(6)[] DEFAULT ARRAY[]::TIMESTAMPTZ(6)[];
