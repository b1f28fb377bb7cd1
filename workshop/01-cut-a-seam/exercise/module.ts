// Puts the module together.
import type { WishlistsModule } from '../ground.ts';
import { createWishlistsRepository } from './repository.ts';
import { createWishlists } from './wishlists.ts';

export const openWishlists: WishlistsModule['openWishlists'] = (database) =>
  createWishlists(createWishlistsRepository(database));
