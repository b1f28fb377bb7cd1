// What jest's setup hands to its teardown: the shop that was started for this run, if one was.
import type { OwnShop } from './own-shop.ts';

let started: OwnShop | undefined;

export function rememberShop(shop: OwnShop): void {
  started = shop;
}

export const rememberedShop = (): OwnShop | undefined => started;
