// What the shop sells for the rooms of a home.
import type { CategoryPlan } from './category-plan.ts';

export const home: readonly CategoryPlan[] = [
  {
    slug: 'bedding',
    name: 'Bedding',
    sku: 'BED',
    share: 3,
    things:
      'duvet cover 69, pillowcase 18, fitted sheet 34, flat sheet 32, duvet 99, pillow 39, quilt 119, bedspread 89, blanket 59, bolster 29, cushion cover 17',
    traits: 'cotton, linen, percale, sateen, organic, brushed-cotton',
    qualities: 'soft, classic, everyday, premium, lightweight, large, elegant, modern, essential',
    uses: 'warm summer nights | cold bedrooms and late risers | guests who are meant to come back | children who kick off the covers | a bed that is made in a minute | light sleepers',
    facts:
      'Washed before it is sewn, so that nothing shrinks later. | Finished with a narrow hem. | Certified free of harmful substances. | Softer with every wash. | Woven in a family mill in Portugal.',
  },
  {
    slug: 'bathroom',
    name: 'Bathroom Textiles',
    sku: 'BTH',
    share: 2,
    things:
      'bath towel 22, hand towel 12, bath mat 24, bathrobe 65, face cloth 5, bath sheet 32, shower curtain 29, laundry bag 18, hair towel 15, hammam towel 26, guest towel 8',
    traits: 'cotton, linen, waffle, organic, ribbed, quick-dry',
    qualities: 'soft, classic, everyday, premium, lightweight, large, small, modern, essential',
    uses: 'long baths | family bathrooms with few hooks | the gym and the beach | a guest room | cold tiles on winter mornings | the swimming pool',
    facts:
      'A loop is sewn on for hanging. | Dries overnight, even without a radiator. | The hems are double-stitched. | Keeps its colour at 60 °C. | Heavy enough to feel like a hotel.',
  },
  {
    slug: 'lighting',
    name: 'Lighting',
    sku: 'LGT',
    share: 3,
    things:
      'table lamp 69, floor lamp 129, pendant light 89, wall light 59, desk lamp 55, bedside lamp 45, reading lamp 62, ceiling light 79, lantern 38, spotlight 34, night light 19',
    traits: 'brass, oak, glass, linen, dimmable, steel',
    qualities: 'compact, classic, modern, slim, large, small, elegant, vintage, handmade',
    uses: 'dark corners | reading late without waking anybody | the end of a long table | hallways without windows | work that needs a steady hand | evenings in one warm room',
    facts:
      'Comes with a warm white LED bulb that can be replaced. | Takes any common bulb. | Ready in five minutes with one screwdriver. | The light falls where it is needed and nowhere else. | Wired and tested in Waterford.',
  },
  {
    slug: 'rugs-soft-furnishings',
    name: 'Rugs & Soft Furnishings',
    sku: 'RUG',
    share: 2,
    things:
      'rug 149, hall runner 79, curtain 59, Roman blind 69, cushion 29, throw 45, floor cushion 49, pouffe 89, seat pad 19, table runner 24, draught excluder 22',
    traits: 'wool, cotton, linen, velvet, woven, striped',
    qualities: 'soft, classic, modern, large, small, elegant, handmade, vintage, everyday',
    uses: 'bare floors | reading corners | rented flats with white walls | a sofa that has seen better days | draughty old houses | bedrooms that face the street',
    facts:
      'The dye goes all the way through and does not fade in the sun. | Spots come out with cold water. | Woven on looms from the 1950s. | The edges are bound by hand. | Naturally hard to soil.',
  },
  {
    slug: 'storage-shelving',
    name: 'Storage & Shelving',
    sku: 'STO',
    share: 3,
    things:
      'wall shelf 35, bookcase 149, storage crate 24, coat rack 59, shoe rack 45, drawer unit 99, storage bench 139, wall hook 9, magazine rack 34, laundry box 39, toy chest 79, ladder shelf 89',
    traits: 'oak, bamboo, steel, pine, walnut, ash',
    qualities: 'compact, classic, modern, slim, sturdy, large, small, essential, handmade',
    uses: "narrow hallways | books that have outgrown the shelf | everything without a place | shared children's rooms | a desk in the corner | the space under the stairs",
    facts:
      'Assembled in a quarter of an hour, with the one key in the box. | Fixings for the wall are included where they are needed. | The corners are rounded. | Carries far more than it looks. | Built to be taken apart when you move.',
  },
  {
    slug: 'furniture',
    name: 'Furniture',
    sku: 'FUR',
    share: 3,
    things:
      'dining chair 119, armchair 349, coffee table 199, side table 89, bar stool 99, bench 149, dining table 499, sideboard 429, bedside table 109, writing desk 249, TV stand 179, stool 59',
    traits: 'oak, walnut, beech, ash, painted, rattan',
    qualities: 'compact, classic, modern, slim, sturdy, large, small, elegant, vintage',
    uses: "small flats | long dinners | a room that has to do two jobs | the bay window | kitchens where people end up anyway | a study of one's own",
    facts:
      'Delivered in one flat box, put together in half an hour. | The joints are dowelled and glued, not stapled. | Felt pads protect the floor. | Oil and a soft cloth are all the care that is needed. | A frame built to be repaired.',
  },
  {
    slug: 'candles-scents',
    name: 'Candles & Scents',
    sku: 'CND',
    share: 2,
    things:
      'scented candle 24, pillar candle 12, reed diffuser 29, room spray 18, wax melt 7, votive candle 9, soap bar 6, hand wash 14, hand cream 12, bath oil 19, linen spray 16, pillow mist 17',
    traits: 'lavender, cedar, bergamot, fig, sandalwood, sea-salt',
    qualities: 'classic, large, small, handmade, premium, elegant, everyday, modern',
    uses: 'quiet evenings | the guest bathroom | a present that is always welcome | rooms that smell of supper | winding down after work | a slow start to the weekend',
    facts:
      'Made in small batches from plant oils. | Never tested on animals. | Poured and filled by hand in Kilkenny. | The scent is noticed and never loud. | Free of mineral oil and palm oil.',
  },
  {
    slug: 'cleaning-laundry',
    name: 'Cleaning & Laundry',
    sku: 'CLN',
    share: 2,
    things:
      'broom 19, dustpan 12, scrubbing brush 8, mop 29, bucket 18, washing-up brush 7, dish rack 32, window squeegee 14, peg basket 13, pedal bin 49, clothes airer 45, carpet sweeper 59',
    traits: 'steel, bamboo, recycled, wooden, easy-grip, space-saving',
    qualities: 'compact, everyday, sturdy, essential, large, small, classic, slim, lightweight',
    uses: 'quick tidying before guests | stairs and corners | small utility rooms | muddy boots and wet dogs | a kitchen in constant use | spring cleaning',
    facts:
      'Stores easily behind a door. | Worn parts can be bought one by one. | Made in a workshop that employs blind brush makers. | Light enough for one hand. | Rinses clean under the tap.',
  },
];
