// Everything that the seeded shop sells: forty categories.
import type { CategoryPlan } from './category-plan.ts';
import { home } from './home.ts';
import { kitchen } from './kitchen.ts';
import { leisure } from './leisure.ts';
import { outdoors } from './outdoors.ts';
import { technology } from './technology.ts';

export const assortment: readonly CategoryPlan[] = [
  ...kitchen,
  ...home,
  ...technology,
  ...outdoors,
  ...leisure,
];
