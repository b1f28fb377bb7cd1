// Puts the module together.
import type { WishlistsModule } from '../ground.ts';
import { createLocalOffers } from './adapters/catalog.local.ts';
import { createWishlistsRepository } from './repository.ts';
import { createWishlists } from './wishlists.ts';

export const openWishlists: WishlistsModule['openWishlists'] = (database, catalog) =>
  createWishlists(createWishlistsRepository(database), createLocalOffers(catalog));
