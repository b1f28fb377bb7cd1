// What the shop sells for the garden, the road, the hills and the water.
import type { CategoryPlan } from './category-plan.ts';

export const outdoors: readonly CategoryPlan[] = [
  {
    slug: 'garden-tools',
    name: 'Garden Tools',
    sku: 'GRD',
    share: 3,
    things:
      'hand trowel 14, garden fork 34, spade 36, secateurs 27, pruning saw 29, hoe 26, rake 24, hand fork 13, garden shears 32, dibber 9, bulb planter 17, edging iron 33',
    traits: 'stainless, forged, ash-handled, carbon-steel, rust-proof, copper',
    qualities: 'classic, everyday, premium, sturdy, lightweight, heavy-duty, small, essential, professional',
    uses: 'heavy clay | raised beds and borders | roses that need a firm hand | allotments | balconies and pots | the first dig of spring',
    facts:
      'The handle is shaped for long afternoons. | Soil falls off instead of clinging. | Guaranteed for life against breaking. | Stays sharp through a whole season. | A leather loop hangs it in the shed.',
  },
  {
    slug: 'pots-planters',
    name: 'Pots & Planters',
    sku: 'POT',
    share: 2,
    things:
      'plant pot 18, planter 45, hanging basket 24, window box 32, plant stand 39, saucer 7, herb pot 9, trough 49, balcony planter 29, garden urn 69, bonsai tray 19',
    traits: 'terracotta, glazed, zinc, stoneware, fibre-clay, recycled',
    qualities: 'classic, modern, large, small, handmade, slim, vintage, everyday, lightweight',
    uses: 'sunny balconies | kitchen herbs | ferns in the hallway | front doors that want a welcome | tomatoes and tall things | a windowsill in the city',
    facts:
      'Stays outside through the frost. | Made to be outside all year. | Felt pads protect the floor. | The colour mellows in the weather. | Light enough to be moved when planted.',
  },
  {
    slug: 'camping',
    name: 'Camping',
    sku: 'CMP',
    share: 3,
    things:
      'tent 219, sleeping bag 99, camp chair 59, camp stove 49, camp lantern 35, sleeping mat 65, cool box 79, tarp 55, hammock 59, camp table 75, dry bag 22, headlamp 32',
    traits: 'ultralight, four-season, packable, weatherproof, rugged, recycled',
    qualities: 'compact, classic, premium, sturdy, large, small, essential, family, modern',
    uses: 'weekends by the lake | cold nights above the tree line | festivals in the rain | first nights out with children | touring by bicycle | bivouacs without a plan',
    facts:
      'Packed in two minutes, even with cold fingers. | A repair kit comes with it. | Tested in Scotland in November. | The colour is easily found in the dark. | Everything can be done with gloves on.',
  },
  {
    slug: 'hiking',
    name: 'Hiking',
    sku: 'HIK',
    share: 3,
    things:
      'daypack 79, trekking backpack 129, rain jacket 119, fleece jacket 69, hiking boots 149, hiking socks 16, sun hat 29, gaiters 35, base layer 49, walking trousers 69, down jacket 179, softshell 99',
    traits: 'breathable, quick-dry, ultralight, windproof, recycled, hard-wearing',
    qualities: 'classic, everyday, premium, lightweight, essential, slim, travel, modern, sturdy',
    uses: 'changeable weather | hut to hut | long ridges | the walk to work | coastal paths | slow days in the hills',
    facts:
      'Made without seams that rub. | No fluorinated chemicals are used. | Repaired free of charge for five years. | Comfortable even on the third day. | Washed a hundred times in our tests.',
  },
  {
    slug: 'cycling',
    name: 'Cycling',
    sku: 'CYC',
    share: 3,
    things:
      'helmet 69, bike light 29, bike lock 45, pannier 65, saddle 59, pump 32, bottle cage 14, cycling gloves 27, cycling jersey 55, multi-tool 25, handlebar bag 42, bell 12, mudguard 24',
    traits: 'road, touring, commuter, gravel, trail, city',
    qualities: 'compact, classic, everyday, premium, lightweight, sturdy, slim, essential, professional',
    uses: 'wet commutes | Sunday rides with a cake stop | rough tracks | dark winter evenings | loaded tours | cobbles and tram lines',
    facts:
      'On and off in seconds, even with cold hands. | Stays quiet on the roughest road. | Tested well beyond the European standard. | Mud wipes off. | Small parts can be ordered singly.',
  },
  {
    slug: 'fitness',
    name: 'Fitness',
    sku: 'FIT',
    share: 2,
    things:
      'yoga mat 39, kettlebell 35, dumbbell 29, resistance band 14, skipping rope 12, foam roller 27, exercise ball 24, pull-up bar 36, weight bench 139, sports bag 42, balance board 49',
    traits: 'non-slip, hard-wearing, studio, home-gym, low-impact, recycled',
    qualities:
      'compact, classic, everyday, premium, professional, sturdy, essential, heavy-duty, lightweight',
    uses: 'twenty minutes before work | stiff backs | living rooms with neighbours below | a new start in January | strong legs for the winter | stretching after a run',
    facts:
      'A plan for the first six weeks is included. | No smell of rubber. | Disappears under the bed. | Wipes clean after use. | The grip stays firm in damp hands.',
  },
  {
    slug: 'water-sports',
    name: 'Water Sports',
    sku: 'WAT',
    share: 1,
    things:
      'swimming goggles 22, wetsuit 139, swim cap 10, snorkel 24, diving mask 39, paddle board 329, kayak paddle 79, life jacket 69, swim fins 35, rash vest 32, tow float 25',
    traits: 'training, open-water, coastal, racing, salt-proof, high-visibility',
    qualities: 'classic, everyday, premium, lightweight, essential, slim, travel, professional, modern',
    uses: 'cold mornings in the sea | lengths before breakfast | calm lakes | surf schools | holidays with a mask and a book | the first triathlon',
    facts:
      'Rinse with fresh water, and it will last. | Chlorine leaves no mark. | Made for cold water as well as warm. | Bright enough to be seen from a boat. | A mesh bag for wet things comes with it.',
  },
  {
    slug: 'barbecue',
    name: 'Barbecue & Fire',
    sku: 'BBQ',
    share: 2,
    things:
      'charcoal grill 189, gas grill 349, grill brush 15, pizza oven 279, smoker 229, grill tongs 18, meat thermometer 25, fire pit 149, grill basket 29, griddle plate 45, chimney starter 27',
    traits: 'steel, cast-iron, enamelled, stainless, heat-proof, black',
    qualities: 'compact, classic, premium, professional, heavy-duty, large, small, family, sturdy',
    uses: 'long evenings outside | balconies where it is allowed | the whole street | slow smoke and patience | pizza in ninety seconds | camp fires without a scorched lawn',
    facts:
      'Tested by a restaurant in Galway. | Burnt fat comes off with hot water. | Stands the winter outside. | Spare parts are available for fifteen years. | Handles stay cool.',
  },
];
