// What the shop sells to plug in, charge and listen to.
import type { CategoryPlan } from './category-plan.ts';

export const technology: readonly CategoryPlan[] = [
  {
    slug: 'headphones',
    name: 'Headphones',
    sku: 'HPH',
    share: 4,
    things:
      "over-ear headphones 149, in-ear headphones 69, earbuds 99, on-ear headphones 89, gaming headset 95, studio headphones 169, sports earbuds 79, sleep earbuds 89, office headset 85, kids' headphones 35, DJ headphones 139",
    traits: 'wireless, Bluetooth, noise-cancelling, hi-res, low-latency, water-resistant',
    qualities: 'compact, classic, premium, lightweight, everyday, essential, slim, modern, professional',
    uses: 'long flights | open-plan offices | early runs | podcasts on the train | late films while others sleep | calls from anywhere',
    facts:
      'Thirty hours of music on one charge, and three more after ten minutes. | The cushions come off and can be replaced. | Two devices stay connected at once. | Clear calls, even in the wind. | A soft case is in the box.',
  },
  {
    slug: 'speakers-audio',
    name: 'Speakers & Audio',
    sku: 'SPK',
    share: 3,
    things:
      'bookshelf speaker 179, portable speaker 89, soundbar 249, shower speaker 45, party speaker 199, desktop speaker 79, subwoofer 229, turntable 219, kitchen radio 69, alarm clock radio 49, garden speaker 119',
    traits: 'wireless, Bluetooth, walnut, hi-fi, multi-room, matt-black',
    qualities: 'compact, classic, premium, everyday, large, small, slim, modern, vintage',
    uses: 'the kitchen table | film nights | records from the attic | rooms with difficult corners | garden parties | the morning news',
    facts:
      'Voices stay clear at low volume. | Set up in a minute, without an app or an account. | Easy to use in the dark. | Software updates are promised for eight years. | A three-year guarantee covers every part.',
  },
  {
    slug: 'keyboards-mice',
    name: 'Keyboards & Mice',
    sku: 'KEY',
    share: 3,
    things:
      'office keyboard 79, mechanical keyboard 119, office mouse 39, trackball 59, number pad 29, gaming mouse 65, gaming keyboard 109, vertical mouse 55, trackpad 89, presenter 35, split keyboard 149',
    traits: 'wireless, Bluetooth, rechargeable, backlit, silent, USB-C',
    qualities: 'compact, classic, premium, everyday, essential, slim, lightweight, modern, professional',
    uses: 'long days of writing | small desks | tired wrists | fast games | working from the kitchen table | switching between three machines',
    facts:
      'Works with Windows, macOS and Linux without a driver. | The battery lasts for months. | Tested for ten million clicks. | Comfortable for left hands and right. | Every button can be given another task.',
  },
  {
    slug: 'chargers-power',
    name: 'Chargers & Power',
    sku: 'CHG',
    share: 3,
    things:
      'wall charger 29, power bank 45, car charger 19, charging dock 49, charging stand 39, charging pad 29, plug adapter 24, desktop charger 59, charging cable 14, charging hub 44',
    traits: 'USB-C, fast-charge, 30-watt, 65-watt, 100-watt, universal',
    qualities: 'compact, everyday, essential, slim, lightweight, premium, modern, travel, small',
    uses: "desks with one free socket | long days away from home | a family's worth of phones | conference bags | laptops and phones alike | the bedside table",
    facts:
      'Stays cool under full load. | Protected against surges and short circuits. | A full charge before the coffee is drunk. | No bright lights that keep anybody awake. | Tested with the phones of the last ten years.',
  },
  {
    slug: 'photography',
    name: 'Photography',
    sku: 'CAM',
    share: 2,
    things:
      'tripod 89, camera bag 69, camera strap 29, lens filter 35, lens hood 19, flash 129, ring light 59, gimbal 149, card wallet 15, camera backpack 109, lens pouch 17, monopod 49',
    traits: 'weatherproof, quick-release, studio, field, matt-black, anti-reflective',
    qualities: 'compact, classic, premium, professional, lightweight, travel, everyday, slim, large',
    uses: 'mountain light at dawn | street photography | weddings that run late | a first film camera | steady video on the move | small studios',
    facts:
      'Fits the cameras of all major makers. | Ready in three seconds. | Nothing rattles, nothing squeaks. | Comes with a cloth and a small bag. | Tested in rain, sand and frost.',
  },
  {
    slug: 'smart-home',
    name: 'Smart Home',
    sku: 'SMH',
    share: 2,
    things:
      'light bulb 19, thermostat 149, doorbell 119, socket 18, motion sensor 29, door sensor 22, radiator valve 55, smoke alarm 69, security camera 89, light switch 39, control hub 79, leak detector 27',
    traits: 'wireless, Wi-Fi, Zigbee, Matter-ready, energy-saving, voice-controlled',
    qualities: 'compact, everyday, premium, essential, slim, modern, professional, small',
    uses: 'warm rooms at the right time | old houses with thick walls | parcels that come at noon | lower heating bills | holidays without worry | rented flats',
    facts:
      'Works without the internet, and sends nothing anywhere. | Tells in good time when something needs attention. | Fitted in minutes, without an electrician. | Speaks with hubs of other makers. | Updates are promised for ten years.',
  },
  {
    slug: 'watches-trackers',
    name: 'Watches & Trackers',
    sku: 'WEA',
    share: 2,
    things:
      'fitness tracker 79, smartwatch 199, running watch 229, sports watch 119, dive watch 249, pilot watch 189, field watch 149, chronograph 219, hiking watch 179, swim watch 139',
    traits: 'waterproof, solar, GPS, titanium, Bluetooth, rugged',
    qualities: 'classic, everyday, premium, slim, lightweight, modern, professional, essential, large',
    uses: 'marathon plans | days on the trail | better sleep | laps in cold water | people who forget to stand up | every wrist',
    facts:
      'The glass is scratch-resistant sapphire. | Two weeks on one charge. | The strap changes without tools. | Easy to read in bright sun. | Data stays on the wrist unless you share it.',
  },
  {
    slug: 'computer-accessories',
    name: 'Computer Accessories',
    sku: 'PCA',
    share: 3,
    things:
      'laptop stand 45, monitor arm 89, webcam 69, docking station 149, port hub 39, monitor stand 42, external drive 95, card reader 22, microphone 99, tablet stand 35, desk fan 29, monitor light 59',
    traits: 'aluminium, USB-C, matt-black, silver, low-profile, recycled',
    qualities: 'compact, classic, premium, professional, everyday, essential, modern, travel, sturdy',
    uses: 'tidy desks | home offices | video calls in poor light | two screens and one cable | hot-desking | music and podcasts made at home',
    facts:
      'One cable does everything. | Needs no driver. | The base is weighted and does not slide. | Cables disappear behind it. | Built to be opened and repaired.',
  },
];
