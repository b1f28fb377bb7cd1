// Identifiers: UUIDv7, ordered by time of creation, so that new rows go to the end of an index.
import { v7 } from 'uuid';

export const newId = (): string => v7();
