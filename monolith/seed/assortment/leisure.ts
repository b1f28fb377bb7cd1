// What the shop sells for play, art, music, pets, travel and the workbench.
import type { CategoryPlan } from './category-plan.ts';

export const leisure: readonly CategoryPlan[] = [
  {
    slug: 'board-games',
    name: 'Board Games & Puzzles',
    sku: 'BRD',
    share: 3,
    things:
      'strategy game 39, card game 15, dice game 14, party game 25, chess set 45, jigsaw puzzle 19, word game 22, quiz game 24, co-operative game 35, backgammon set 49, domino set 21, memory game 17',
    traits: 'illustrated, wooden, pocket, anniversary, bilingual, tin-boxed',
    qualities: 'classic, everyday, premium, family, large, small, travel, vintage, modern',
    uses: 'rainy afternoons | players who hate to lose | two people and a pot of tea | holidays without a signal | three generations at one table | the night before the wedding',
    facts:
      'Explained in five minutes. | No game lasts longer than an hour. | Lost pieces are sent free of charge. | The rules come in six languages. | Printed on board from recycled paper.',
  },
  {
    slug: 'toys',
    name: 'Toys',
    sku: 'TOY',
    share: 3,
    things:
      "building blocks 29, train set 59, doll's house 89, pull-along dog 22, stacking tower 17, shape sorter 21, marble run 45, toy kitchen 119, balance bike 79, puppet 18, spinning top 9, rocking horse 109",
    traits: 'wooden, painted, beech, colourful, natural, recycled',
    qualities: 'classic, everyday, sturdy, large, small, handmade, vintage, lightweight, modern',
    uses: "small hands | rainy days indoors | children who want to know how it works | grandparents' houses | a third birthday | play without batteries",
    facts:
      'The paints are safe in the mouth. | Made to be handed down. | No small parts. | Goes with everything else of the range. | Tested by a kindergarten in Cork.',
  },
  {
    slug: 'stationery',
    name: 'Stationery',
    sku: 'STA',
    share: 4,
    things:
      'notebook 14, fountain pen 39, ballpoint pen 12, desk diary 22, sketchbook 18, pencil case 16, planner 24, letter set 19, pencil 4, note pad 5, document folder 17, address book 15',
    traits: 'striped, marbled, botanical, plain, two-tone, recycled',
    qualities: 'compact, classic, everyday, premium, slim, elegant, small, vintage, essential',
    uses: 'morning pages | letters worth keeping | meetings without a laptop | the first day of term | lists and plans | people who still write by hand',
    facts:
      'Ink neither bleeds nor feathers. | Made in Dublin with plant-based inks. | Feels good in the hand. | A refill costs less than a coffee. | Wrapped in paper, never in plastic.',
  },
  {
    slug: 'art-supplies',
    name: 'Art Supplies',
    sku: 'ART',
    share: 2,
    things:
      'watercolour set 32, brush set 24, acrylic set 29, easel 69, stretched canvas 16, sketch pad 14, pastel set 27, oil paint set 39, palette 12, charcoal set 13, marker set 28, calligraphy set 33',
    traits: 'studio, student, plein-air, gallery, academy, fine-art',
    qualities: 'compact, classic, everyday, premium, professional, large, small, travel, essential',
    uses: 'evening classes | landscapes before the rain | a first portfolio | quick studies | the kitchen table | large gestures',
    facts:
      'Packed in a box that lasts. | Every part can be bought singly. | Made without animal products. | A guide for beginners is in the box. | Chosen by the teachers of two art schools.',
  },
  {
    slug: 'musical-instruments',
    name: 'Musical Instruments',
    sku: 'MUS',
    share: 2,
    things:
      'acoustic guitar 189, ukulele 69, cajón 99, harmonica 29, tambourine 19, melodica 35, kalimba 32, djembe 89, violin 229, glockenspiel 39, recorder 18, banjo 179',
    traits: 'spruce, mahogany, maple, rosewood, concert, satin-finished',
    qualities: 'classic, everyday, premium, professional, compact, handmade, vintage, travel, essential',
    uses: 'first lessons | sessions in the pub | campfires and kitchens | small stages | quiet practice | school orchestras',
    facts:
      'Checked and played by hand before it leaves us. | A soft bag is included. | The tone opens up with playing. | Stays true when the weather turns. | Lessons for the first month come with it.',
  },
  {
    slug: 'pet-supplies',
    name: 'Pet Supplies',
    sku: 'PET',
    share: 3,
    things:
      'dog bed 59, cat tree 79, dog lead 19, dog collar 17, feeding bowl 14, litter tray 29, scratching post 39, pet carrier 49, dog coat 35, cat tunnel 22, chew toy 9, bird feeder 24, grooming brush 13',
    traits: 'washable, recycled, easy-clean, hard-wearing, waterproof, hemp',
    qualities: 'classic, everyday, premium, soft, sturdy, large, small, lightweight, essential',
    uses: 'muddy walks | cats with opinions | puppies who chew | old bones | the car and the train | small flats',
    facts:
      'Washed in a minute. | No loose parts to swallow. | Tested by the animals of our warehouse. | Smells stay away. | The colours are seen well at dusk.',
  },
  {
    slug: 'bags-luggage',
    name: 'Bags & Luggage',
    sku: 'BAG',
    share: 4,
    things:
      'backpack 79, weekend bag 119, tote bag 39, suitcase 149, messenger bag 89, wash bag 29, wallet 45, belt bag 35, laptop bag 85, duffel bag 95, card holder 25, garment bag 69, passport holder 27',
    traits: 'canvas, leather, waxed-cotton, nylon, cork, recycled',
    qualities: 'compact, classic, everyday, premium, lightweight, slim, elegant, vintage, travel',
    uses: 'two days away | the daily commute | hand luggage only | markets and libraries | long train journeys | business trips with one shirt too many',
    facts:
      'The zips are metal and run for life. | A hidden pocket is where nobody looks. | Rain rolls off. | Grows better looking with use. | The stitching is waxed and doubled.',
  },
  {
    slug: 'hand-tools',
    name: 'Hand Tools',
    sku: 'TOL',
    share: 3,
    things:
      'claw hammer 24, screwdriver set 29, adjustable spanner 22, combination pliers 19, spirit level 27, tape measure 12, hand saw 25, chisel set 39, socket set 69, hex key set 15, trimming knife 14, block plane 55',
    traits: 'steel, precision, magnetic, soft-grip, trade, workshop',
    qualities: 'compact, classic, everyday, premium, professional, heavy-duty, sturdy, essential, small',
    uses: 'flat-pack evenings | old houses | people who measure twice | the drawer in the kitchen | work on bicycles | fine joinery',
    facts:
      'Hardened and tempered to last a working life. | The markings are engraved and do not wear off. | Comes oiled, in waxed paper. | Sits well in the hand, with gloves or without. | Guaranteed for as long as you own it.',
  },
];
