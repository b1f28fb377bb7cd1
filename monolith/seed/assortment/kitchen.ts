// What the shop sells for the kitchen and the table.
import type { CategoryPlan } from './category-plan.ts';

export const kitchen: readonly CategoryPlan[] = [
  {
    slug: 'coffee-tea',
    name: 'Coffee & Tea',
    sku: 'COF',
    share: 4,
    things:
      'pour-over kettle 45, French press 29, moka pot 32, burr grinder 89, espresso cup 9, teapot 38, tea infuser 12, milk jug 17, cold brew carafe 27, coffee canister 19, coffee dripper 22, tea tray 26',
    traits: 'steel, glass, ceramic, copper, enamel, stoneware',
    qualities: 'compact, classic, everyday, premium, large, small, elegant, modern, handmade',
    uses: 'slow Sunday mornings | the office kitchen | two cups at a time | strong coffee and good company | afternoon tea with friends | the first cup of the day',
    facts:
      'The finish keeps its shine after years of washing up. | A rinse under the tap is all the care that is needed. | The base is weighted and stands firm. | Spare parts are available for ten years. | Packed in card, without any plastic.',
  },
  {
    slug: 'cookware',
    name: 'Cookware',
    sku: 'CKW',
    share: 3,
    things:
      'frying pan 49, saucepan 42, stockpot 69, casserole 95, wok 54, sauté pan 59, griddle 46, roasting tin 38, Dutch oven 139, milk pan 27, steamer 39',
    traits: 'cast-iron, steel, copper, aluminium, enamelled, non-stick',
    qualities: 'classic, everyday, premium, professional, compact, large, small, heavy-duty, essential',
    uses: 'weeknight suppers | a full table on Sundays | slow stews and quick sauces | gas, electric and induction hobs | crisp edges and even browning | small kitchens with one good hob',
    facts:
      'The base spreads the heat to the very edge. | The handle stays cool on the hob and fits the oven. | Stacks with the rest of the range. | The rim pours without a drip. | Guaranteed for twenty-five years.',
  },
  {
    slug: 'bakeware',
    name: 'Bakeware',
    sku: 'BAK',
    share: 2,
    things:
      'loaf tin 16, springform tin 19, muffin tray 18, baking sheet 17, pie tin 15, tart tin 14, cake tin 16, bundt tin 23, madeleine tray 18, baguette tray 21, cooling rack 15, pizza tray 17',
    traits: 'steel, aluminium, non-stick, carbon-steel, enamelled, anodised',
    qualities: 'classic, everyday, premium, professional, large, small, heavy-duty, essential, family',
    uses: 'birthday cakes | crusty bread | weekend baking with children | golden bottoms and crisp edges | village fêtes and bake sales | a first try at pastry',
    facts:
      'Safe in the oven up to 250 °C. | Rolled edges keep the shape true, batch after batch. | A recipe is printed on the sleeve. | Cakes come away cleanly, corners and all. | Wipes clean with warm water.',
  },
  {
    slug: 'kitchen-knives',
    name: 'Kitchen Knives',
    sku: 'KNF',
    share: 2,
    things:
      "chef's knife 79, paring knife 24, bread knife 49, santoku knife 75, carving knife 65, utility knife 35, boning knife 52, filleting knife 55, steak knife 22, cleaver 68, vegetable knife 34",
    traits: 'forged, Damascus, carbon-steel, stainless, olive-wood, hand-ground',
    qualities: 'classic, everyday, premium, professional, lightweight, small, large, essential, slim',
    uses: 'fine slicing | long hours at the board | herbs, roots and everything between | cooks who sharpen their own tools | a first proper set | the Sunday roast',
    facts:
      'The edge holds for months and is quickly restored on a stone. | A full tang runs through the handle for balance. | The bolster leaves the whole edge free for sharpening. | Comes in a box fit for a present. | Wash by hand and dry at once, and it will serve for decades.',
  },
  {
    slug: 'tableware',
    name: 'Tableware',
    sku: 'TBL',
    share: 3,
    things:
      'dinner plate 14, side plate 9, pasta bowl 13, cereal bowl 11, serving platter 32, salad bowl 36, mug 12, egg cup 6, butter dish 24, gravy boat 22, ramekin 7, soup bowl 12',
    traits: 'stoneware, porcelain, ceramic, speckled, glazed, ribbed',
    qualities: 'classic, everyday, elegant, modern, large, small, handmade, vintage, essential',
    uses: 'long lunches in the garden | breakfast at the counter | a table that never quite matches | feasts and leftovers alike | a new home | guests who stay for pudding',
    facts:
      'Safe in the dishwasher, the microwave and a warm oven. | The glaze is fired twice and shrugs off knife marks. | Stacks low, so that a whole set fits one shelf. | No two pieces come out of the kiln quite the same. | Single pieces can be replaced for years to come.',
  },
  {
    slug: 'glassware',
    name: 'Glassware',
    sku: 'GLS',
    share: 2,
    things:
      'wine glass 12, tumbler 8, champagne flute 13, highball glass 9, whisky glass 14, carafe 27, water jug 29, beer glass 9, cocktail glass 12, decanter 59, shot glass 5',
    traits: 'crystal, recycled, hand-blown, ribbed, smoked, borosilicate',
    qualities: 'classic, everyday, elegant, modern, large, small, slim, vintage, premium',
    uses: 'toasts and quiet evenings | summer drinks on the terrace | a bar cart that is used | the good bottle | everyday water and better wine | wedding lists',
    facts:
      'The rim is fire-polished and pleasantly thin. | The base is broad enough not to tip. | Goes in the dishwasher without turning cloudy. | Packed in card, without any plastic. | The weight in the hand is just right.',
  },
  {
    slug: 'food-storage',
    name: 'Food Storage',
    sku: 'FST',
    share: 2,
    things:
      'storage jar 12, lunch box 18, bread bin 42, spice jar 5, storage box 14, cake box 21, biscuit barrel 19, water bottle 24, salad box 16, vacuum flask 32, snack pot 9',
    traits: 'glass, steel, bamboo, enamel, stackable, airtight',
    qualities: 'compact, everyday, large, small, classic, modern, essential, lightweight, family',
    uses: 'packed lunches | a tidy pantry | leftovers that are looked forward to | flour, rice and everything dry | picnics and long train rides | the back of the cupboard',
    facts:
      'Keeps things fresh for days longer. | A label and a pencil are included. | Free of BPA, and of any taste of plastic. | The lid comes off for the dishwasher. | Fits neatly with the others of the range.',
  },
  {
    slug: 'kitchen-appliances',
    name: 'Kitchen Appliances',
    sku: 'APP',
    share: 3,
    things:
      'kettle 59, toaster 54, hand blender 49, stand mixer 289, food processor 149, slow cooker 79, air fryer 119, waffle maker 45, sandwich toaster 39, rice cooker 64, espresso machine 249, juicer 85',
    traits: 'brushed-steel, matt-black, cream, energy-saving, digital, easy-clean',
    qualities: 'compact, classic, everyday, premium, professional, large, small, quiet, modern',
    uses: 'busy mornings | small flats with few sockets | batch cooking on Sundays | families who eat at different times | quick, healthy suppers | people who would rather not stir',
    facts:
      'The cord tucks away underneath. | Switches itself off when the work is done. | Three years of guarantee, with repairs in our own workshop. | A booklet with thirty recipes is in the box. | Removable parts go in the dishwasher.',
  },
];
