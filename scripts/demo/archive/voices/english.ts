import { list, type Voice } from './voice.ts';

const given = list(`
  Ada | Alma | Anders | Arlo | Audra | Bela | Briony | Caspian | Cleo | Corin | Dacey | Delphine | Edda | Elowen | Emrys
  Esme | Ezra | Fenn | Flora | Gideon | Greta | Halden | Hattie | Imogen | Inez | Isolde | Ivo | Jonah | Juno | Kit
  Lark | Leda | Linus | Lorcan | Mabel | Maren | Merritt | Milo | Mina | Nell | Niall | Odette | Orla | Otis | Pell
  Petra | Quincy | Ramona | Reuben | Romy | Rosalind | Rufus | Sable | Silas | Tamsin | Thea | Tobias | Una | Vera | Wren
`);
const family = list(`
  Abernethy | Aldous | Ashdown | Bellwether | Birdsall | Blackwood | Calloway | Carrow | Cavendish | Coldwell | Corrigan
  Dallimore | Dunmore | Eastlake | Elphick | Fairbairn | Farrow | Fenwick | Gathercole | Goodfellow | Greaves | Halloran
  Harrow | Hathersage | Holloway | Hythe | Inskip | Ketteridge | Kilbride | Larkspur | Lindqvist | Lowry | Mallory
  Marchbanks | Merriweather | Northcott | Oakes | Ollerton | Pargeter | Pemberley | Penhallow | Quill | Ravenscroft
  Redfern | Sallow | Sorrel | Standish | Tarrant | Thackery | Thistlewood | Tolliver | Umber | Vane | Wainscott
  Wexley | Whitlock | Winterbourne | Wyndham | Yarrow | Zeller
`);
const city = list(`
  Lisbon | Glasgow | Trieste | Marseille | Osaka | Oslo | Tangier | Rotterdam | Valparaíso | Leipzig | Bergen | Palermo
  Montréal | Tbilisi | Porto | Antwerp | Riga | Cádiz
`);
const month = list(
  'January | February | March | April | May | June | July | August | September | October | November',
);
const common = { script: 'Latin', countries: ['US', 'GB', 'CA', 'AU', 'IE'] } as const;

const dreamy: Voice = {
  ...common,
  solo: list(
    '{given} {family} | {given} {family} | {given} {family} | {given} | {family}, Sleeping | Miss {family}',
  ),
  bands: list(`
    Pale Harbour | Lilac Motel | Hush Arcade | The Quiet Hours | Saltwater Radio | Evening Swim | Marble Fawn | Fog Index
    Honeydew Static | Winter Aquarium | Moth Parade | Sunday Observatory | Milk & Cobalt | Telephone Moon | Bluebottle Choir
    Little Cathedral | The Late Ferries | Half Moon Laundry | Amber Lido | Wax Hibiscus | Polar Lamps | Echo Parlour
    Sleeping Cartographers | Night Bus Home | Chalk Dolphin | Room 409 | Swimming Lessons | Cardigan Weather | Tender Machines
    All the Small Lanterns | Ferris Heel | Softcore Botany | Girl from the Lido | Twelve Foot Swan | Violet Hour Service
    {soft} {place} | {soft} {place} | {soft} {place} | {soft} {creature} | The {soft} {creature}s | {given} & the {creature}s
    {given} and {given} | {place} {place} | {month} {place}
  `),
  titles: list(`
    Halogen | Slow Motion Sunday | Your Coat on My Chair | Undertow | Cherry Cola Sky | Soft Landing | All My Windows
    Polaroid Weather | The Year We Didn't Sleep | Sugarglass | Ocean Boulevard, 5am | Tell It to the Moon | Porcelain Heart
    Weightless | Half Asleep in Your Car | Lavender Static | Swim Back | Astral Mechanics | Tidal | I Dreamt You Called
    Melting Point | Kaleidoscope Eyes Closed | Nothing Blooms Like You | Holding Pattern | Satellite Kiss | Blush | Daylight Savings
    Velveteen | Drive Until It's Pretty | Please Don't Wake Me | Cloud Chamber | Fade In | Hotel Pool | Long Exposure
    Snow on the Antenna | Only Everything | Ultraviolet Girl | A Room Full of Rain | Silver Screen | Heavy Water | Stay Gold, Stay
    Between Two Stations | We Were Never Lost | Paper Moon Avenue | Lullaby for the Last Bus | Crystalline | Slowdive Lesson
    The Sea Has No Memory | Honey, Honey | Moonflower | Backseat Astronomer | Feels Like Falling | Sleepwalk Home
    Blue Light Hours | Seventeen Again | Dust in the Projector | Come Outside, It's Snowing | Kiss Me in the Car Wash
    {month} | {month} Swim | {month} Light | {city} | {city} by Night | Last Train to {city} | {color} Hour | {color} Dress
    {verb} | {verb} with Me | {verb} for Me | Don't {verb} | {verb} Slowly | {weather} on {month} | {given} | {given} in the {place}
    Letters from {city} | {weather} Song | Like {weather}, Like You | Another {month} Without You | {color} Rooms | Always {color}
  `),
  slots: {
    given,
    family,
    city,
    month,
    soft: list(`Pale | Slow | Velvet | Paper | Silver | Distant | Glass | Lilac | Hollow | Amber | Drowsy | Faded | Quiet | Marble
      Winter | Indigo | Tender | Weekend`),
    place:
      list(`Harbour | Motel | Arcade | Orchard | Aquarium | Lido | Meadow | Cinema | Pavilion | Avenue | Greenhouse | Coast
      Carousel | Ballroom | Terrace | Observatory`),
    creature: list(
      'Heron | Moth | Swan | Fawn | Otter | Starling | Magpie | Jellyfish Girl | Dolphin | Lynx',
    ),
    color: list('Blue | Violet | Silver | Golden | Rose | Indigo | White | Green | Scarlet'),
    verb: list(
      'Float | Dissolve | Disappear | Drift | Linger | Fall | Wait | Glow | Surrender | Unfold | Stay | Breathe',
    ),
    weather: list('Rain | Snow | Sunlight | Thunder | Fog | Frost | Summer Rain | Stardust'),
  },
};

const guitar: Voice = {
  ...common,
  solo: list('{given} {family} | {given} {family} | {given} {family} Band'),
  bands: list(`
    Dry Cleaning Bill | Concrete Picnic | The Wrong Umbrellas | Bad Swimmers | Car Park Sermon | Municipal Pool | The Ketchup Years
    Nervous Habit Club | Civil Twilight Savings | Our Lady of Traffic | Kids on Stilts | Lease Agreement | Gutter Saints
    Fluorescent Dog | Parking Lot Opera | Big Thaw | Hard Feelings Dept. | The Understudies | Cold Supper | Shin Splints
    Public Holiday | Minor Injuries Unit | Strange Uncle | Ex-Lifeguards | Bruise Country | Red Ant Season | Duct Tape Romance
    Sunburn Parade | Mustard Youth | Postcode Riot | The Second Mortgages | Tall Order | Electric Curtain | Third Rail Choir
    The {dull} {nouns} | The {dull} {nouns} | {dull} {nouns} | {family} Street | {given} & the {nouns} | The {family} Incident
  `),
  titles: list(`
    Nobody's Fire Escape | Small Town Geometry | Rent Day | Everyone I Know Is Tired | Shark Week | Kerosene | Static Boys
    Good Teeth | Bike Thief | Emergency Contact | You Should See the Other Guy | Hi-Vis | Overdraft | The Bends in the Road
    Cheap Seats | Dog Years | Basement Show | Leaving Party | Panic on the Ring Road | Northern Line | Talk Loud | Landlord
    Photobooth | This Is Not a Drill | Second Hand Leather | Nice Weather for Ghosts | Fluorescent | Ambulance Chaser | Feral
    Bus Replacement Service | Why Would You Tell Me That | Teeth | Cigarettes and Orange Juice | Wasp Summer | Get Out of the Sun
    My Brother's Van | Spit It Out | Telegraph Pole | The Boy Who Cried Wolf Whistle | Half Price | Glass Jaw | Company Car
    No Hard Feelings | Motorway Services | A Reasonable Man | Sirens (Part Two) | Hometown Hero | Bad Signal | Wrong Turn at {city}
    Cul-de-Sac | Fists | Blood Orange | I Was a Teenage Optimist | Dead Batteries | How to Be Alone in a Crowd | Dirty Carpets
    {month} Rent | {given}'s Got a New Car | {given} Says No | Leave {city} | Nothing Happens in {city} | Death of a {job} | {job}'s Daughter
    The {job} | {verb} It Down | {verb} Everything | Don't {verb} My House | {dull} Weekend | {dull} Teenagers | {number} Minutes to Go
    Run, {given}, Run | Sorry, {given} | {number} Summers | Song for a {job}
  `),
  slots: {
    given,
    family,
    city,
    month,
    dull: list(
      'Wrong | Second | Broken | Local | Cheap | Nervous | Reluctant | Absent | Former | Upstairs | Plastic | Minor',
    ),
    nouns: list(
      'Lifeguards | Umbrellas | Neighbours | Cousins | Chaperones | Magicians | Teeth | Cadets | Widowers | Surgeons',
    ),
    job: list(
      'Salesman | Lifeguard | Weatherman | Night Nurse | Locksmith | Landlord | Roofer | Dentist | Bellboy',
    ),
    verb: list('Burn | Tear | Shake | Write | Break | Slow | Turn'),
    number: list('Five | Nine | Eleven | Thirteen | Forty'),
  },
};

const club: Voice = {
  ...common,
  countries: ['GB', 'US', 'DE', 'NL'],
  solo: list(`{given} {family} | {given} {family} | {alias} | {alias} | DJ {alias} | {given} {letter}. | {alias} {family} | {alias} {two}
    {family}`),
  bands: list(`
    Concrete Tropics | Night Geometry | Sub Rosa System | Tape Delay Club | Hertz & Sons | Copper Wire Assembly | The Ministry of Bass
    Low Ceiling | Warehouse Botany | Motor Ritual | Kilowatt Sisters | Cassette Embassy | Parallel Sauna | Terminal Beach Club
    Nine to Nine | Strobe Garden | Dub Ferry | Analog Weekend | Ghost Freight | Soft Circuit | Rhythm Ordinance | Mirrorball Union
    {alias} & {alias} | {family} & {family} | {alias} Soundsystem | {city} Disco Committee | {alias} / {alias}
  `),
  titles: list(`
    Overpass | Phase Drift | Basement Theory | Lights Out, Doors Open | Acid Sunday | Body Language Barrier | Hi-Hat Diplomacy
    Pressure | Ritual Machine | 4am Eternal Return | Glow Stick Requiem | Concrete Garden | Work It Through | Cutoff | Feel the Floor
    Subterranea | Lock Groove | Turbine | Low End Theory of Everything | Sweat Equity | Heatstroke | Magnetic | Patience
    The Bass Knows | Night Shift | Lose Your Keys | Rave Tape '93 | Sidechain Kisses | Take Me Up | Only You (Know) | Afterhours
    Diskokugel | Contact High | Loose Wires | Delay Line | Strangers in the Smoke | Higher Than the Rent | Dub Plate Special
    Rolling Blackout | Oscillate | Moving On Up North | Break the Curfew | Steam | All Night Bakery | Redshift | Gunmetal
    Percolator Blues | Warehouse {number} | Untitled {number} | Track {number} | {place} Dub | {place} Tool | {city} Express
    {city} 5am | {state} | {state} II | {state} State | {verb} Me | {verb} Your Body | {verb} the Night | Can't {verb} You | {element}
    {element} Rhythm | Theme from {element} | {place} Motion | Deep {element} | Into the {place} | {element} {number}
  `),
  slots: {
    given,
    family,
    city,
    month,
    two: list('77 | 909 | X | 3000 | 84'),
    letter: list('K | M | R | T | B | J'),
    alias:
      list(`Kestrel | Fathom | Vanta | Orrin | Mosaik | Tessel | Lumen 9 | Ostinato | Parallax | Nocta | Halide | Grendl | Koto Koto
      Velour | Redline | Sonder | Ferro | Monsoon | Ultramar | Basalt | Quiet Riot Act | Omnibus | Rook | Solvent | Pylon | Trellis
      Caldera | Zenit | Airlock | Fennec | Mira Volt | Junglist Jane | Tidewater | Wicker | Neap | Calypso Bold | Moiré | Strata`),
    number: list('01 | 02 | 03 | 05 | 07 | 09 | 11 | 12 | 23 | 31 | 47'),
    place: list(
      'Harbour | Tunnel | Elevator | Stairwell | Rooftop | Canal | Night Bus | Corridor | Car Park | Depot | Underpass',
    ),
    state: list(
      'Solid | Fluid | Vapour | Plasma | Delirium | Gravity | Momentum | Inertia | Euphoria | Friction | Vertigo | Lucid',
    ),
    verb: list('Move | Hold | Lift | Free | Shake | Feel | Fight | Need | Release'),
    element: list(
      'Cobalt | Neon | Argon | Mercury | Carbon | Copper | Xenon | Iron | Helium | Quartz | Amber',
    ),
  },
};

const rap: Voice = {
  ...common,
  countries: ['US', 'US', 'GB', 'CA'],
  solo: list(`
    Yung Parable | Lil Cardigan | Big Almanac | Saint Decimal | Kid Tangent | Mister Overtime | Lil Ledger | Queen Marrow | Prophet Ade
    Tax Season | Dollar Orlando | Cold Brew Cortez | 8th Street Ike | Nana Wavelength | Auntie Venom | Young Sextant | J. Monolith
    Cash Parrish | Deacon Blaze | Loosie | Marz Delgado | Scholarship | Big Verandah | Paperboy Quan | Goldie Mercer | Malik the Minor
    Khaki Monroe | Roman Numerals | Tre Holloway | Lady Sirocco | Benji Two Times | Ox Tillman | Sir Vandross Hill | Nova Bricks
    {title} {nick} | {title} {nick} | {nick} {family} | {given} {nick} | {nick} {digits}
  `),
  bands: list(
    'Corner Office | Bodega Cathedral | The Overtime Collective | Six Train Sermon | Brass Knuckle Quintet | {nick} & {nick}',
  ),
  titles: list(`
    No Sleep in the City | Money Counter Lullaby | Rosary | Rearview | Grandma's Kitchen | Receipts | Cold Summer | Pray About It
    Talk Cheap | Block Weather | On God's Time | Late Fees | Chandelier | Two Phones, One Heart | Bulletproof Vespa | Plug Walk Home
    Where Were You | Crown Heavy | Champagne Problems Solved | Southside Psalm | Passport Stamps | Vultures | Feds on the Line
    Ten Toes | Halftime | Interlude (Voicemail) | Cut the Check | Big Steppa Waltz | Demon Time Zone | Off the Porch | Wraith Season
    Mama's Mortgage | Trust Issues | Outside Again | Rent Money | Exit Interview | Never Fold | Backseat Confession | Ski Mask Sermon
    No Cosign | Black Ice | Real Ones | Corner Store Scholar | Gold Teeth, Good Grades | Dashboard Jesus | Cash App Poetry | Smoke Break
    Freestyle at the Barbershop | Left on Read | Eastside Weather Report | The Come Up | Ceilings | Mink in {month} | {month} Freestyle
    {city} Freestyle | {nick} Talk | {noun} Season | {noun} Talk | {noun} on {noun} | {noun} Music | All {noun}, No {noun} | Free {nick}
    {number} Missed Calls | {number} A.M. in {city} | {noun} Outro | {noun} Intro | Dear {given}
  `),
  slots: {
    given,
    family,
    city,
    month,
    title: list('Lil | Young | Big | DJ | MC | Kid | Saint | Uncle'),
    nick: list(`Parable | Voltage | Ledger | Marble | Decimal | Tundra | Fresco | Cobra Jones | Almond | Velcro | Pharaoh Lee | Ginseng
      Tempo | Havoc Ray | Cashmere | Static | Domino Fats | Sable`),
    digits: list('400 | 2x | 99 | Jr. | III'),
    noun: list(
      'Diamond | Smoke | Heaven | Paper | Pressure | Ghost | Winter | Trouble | Gold | Thunder | Mercy | Dirt',
    ),
    number: list('Four | Six | Nine | Seven | Twelve'),
  },
};

const soul: Voice = {
  ...common,
  solo: list(`{given} {surname} | {given} {surname} | {given} {surname} | {given} {surname} | Sister {given} {surname} | Little {given} {surname}
    {given} Mae {surname} | Big {given} {surname}`),
  bands: list(`
    The Velvet Assurances | The Sundown Five | Brother Ambrose & the Offering | The Honeycomb Union | Southern Comfort Choir
    The Paragon Street Band | Sweet Potato Brass | The Corduroys | Ladies of the Lake | The Collection Plate | Magnolia Express
    Unlimited Gravy | Funk Division of Labor | The Slow Cookers | {given} {surname} & the {group} | {given} & the {group} | The {group}
  `),
  titles: list(`
    Hold On to My Sunday | Ain't No Harbor | Come Home, Baby, Come Home | Something About Your Walk | Two Kinds of Lonely | Sugar & Rust
    Walk Right Back In | Love Don't Keep Time | You Got the Key | Sweet Thunder | The Way You Say Goodnight | Gimme One Reason More
    Tears on the Dashboard | Ordinary Miracle | Pour It Slow | Mercy, Mister | Good Love Is Hard Work | If I Were Your Shadow
    Candy Rain Again | I Can't Unknow You | Heartbreak Hotel Bill | Stay Past Midnight | Keep the Porch Light On | Been So Long Coming
    Shake What You Brought | Get Up on the Good Foot | Funky Thermostat | Bring the Brass | Chicken Shack Shuffle | Do the Mailman
    Slow Burn | Silk Sheets | Let Me Be Your Weather | My Baby's Got a New Attitude | Higher Ground Floor | Paid in Full of Love
    What Becomes of the Faithful | Peach Cobbler | Midnight Arithmetic | After the Party | Body Clock | Skin to Skin | Call Me When You Land
    Ooh, {given} | {given}, Don't Go | My {month} Love | {feeling} Is a River | {feeling} on My Mind | Too Much {feeling}
    (I Got) {feeling} | Give Me {feeling} | {feeling}, Pt. 1 | Ain't That {feeling} | {weekday} Kind of Love | Every {weekday} Night
  `),
  slots: {
    given:
      list(`Ezra | Lorraine | Otis | Bettye | Clarence | Delphine | Ruby | Solomon | Earline | Percy | Wilhelmina | Roscoe | Odessa
      Laverne | Cornell | Thelma | Isaiah | Maxine | Jerome | Ramona`),
    surname:
      list(`Tolliver | Beaumont | Pettway | Merriweather | Hightower | Gaines | Fontenot | Broussard | Ledbetter | Mayweather
      Treadwell | Crowder | Sample | Dupree-Hall | Gillespie-Wright | Bellamy | Pickens`),
    group: list('Assurances | Corduroys | Tablespoons | Avenues | Exclamations | Six Fifteens | Collections'),
    feeling: list('Love | Trouble | Sweetness | Heartache | Mercy | Joy | Patience | Devotion'),
    weekday: list('Monday | Wednesday | Friday | Saturday | Sunday'),
    month,
  },
};

const roots: Voice = {
  ...common,
  countries: ['US', 'GB', 'IE', 'CA', 'JM'],
  solo: list(
    '{given} {family} | {given} {family} | {given} {family} | {given} {family} | {nick} {family} | {given} Anne {family}',
  ),
  bands: list(`
    The Threshing Floor | Salt Creek Ramblers | The Tinder Sisters | Fiddlehead | Bramble & Rye | The Hollow Oaks | Old Mill Road
    Three Sisters Well | Dry County Choir | The Lamplighters' Guild | Crow Hill Wedding | Hearth & Hazel | The Barley Mowers
    Copperhead Revival | Long Acre | Black Kettle String Band
    {family} & {family} | The {family} Sisters | The {family} Family | {given} & {given} {family} | {nick} {family} and His {river} Boys
  `),
  titles: list(`
    The Ferryman's Daughter | Rye Whiskey Lullaby | Bring In the Hay | Copper Kettle Morning | Low Lies the Barley | Wide Missouri Moon
    A Letter Home from the Line | Widow's Orchard | The Carpenter and the Crow | Seven Sparrows | Down in the Willow Garden Again
    Long Road, Short Rope | Highway 61 Cents | My Father's Coat | Salt and Smoke | The Well Ran Dry | Grey Mare | Hard Frost | Kindling
    When the River Took the Bridge | Bones of the Barn | Evening Star Waltz | Tobacco Road Gospel | Old Blue Chevrolet | The Drover's Return
    Born Under a Bad Roof | Empty Bottle, Full Moon | Trouble at the Depot | Whippoorwill | Blackbird on the Fence | All the Good Horses
    Jubilee Morning | Cold Iron Bed | Hands Like My Mother's | Last of the Logging Men | Lonesome as a Train | Where the Heather Grows
    Roll On, Slow River
    {river} River | Banks of the {river} | {river} Blues | The Ballad of {given} {family} | Fair {given} | {given}'s Reel
    Song for {given} | {month} Hymn | {month} on the {river} | Leaving {river} | The {creature} and the {creature} | Sweet {given} of {river}
  `),
  slots: {
    given,
    family,
    month,
    nick: list('Blind Asa | Sleepy | Hoot | Mississippi | Deacon | Slim | Cotton'),
    river: list(
      'Tamarack | Shannon | Wabash | Cumberland | Kilbrannan | Sweetwater | Severn | Calder | Ohio | Esk',
    ),
    creature: list('Fox | Hare | Crow | Wren | Lamb | Wolf | Salmon | Owl'),
  },
};

const heavy: Voice = {
  ...common,
  countries: ['NO', 'SE', 'FI', 'DE', 'US', 'GB', 'PL'],
  solo: list('{dark} | {dark}'),
  bands: list(`
    Gravmåne | Askeheim | Vinterhymn over Fjella | Nattferd | Ulvsblod | Tåkeslott | Hrímvættr | Svartedaudens Kall | Isfjær | Dødsang
    Aschenwald | Totenlicht | Nebelhorn Abbey | Schwarzer Gletscher | Rautasielu | Hallavyö | Kuolonkorpi | Cmentarna Mgła | Żelazny Świt
    Cathedral of Moss | Iron Psalter | Funeral Engine | Mammoth Vigil | Weald of Ash | Tomb Procession | Slow Obelisk | Bonepriest
    Throne of Lichen | Abbess of Wolves | Plague Orchard | Barrow Wight Choir | Ember Crypt | Oath of Salt | Drowned Bell
    {dark} | {dark} of {ruin} | {ruin} {rite} | {ruin} {rite}
  `),
  titles: list(`
    Procession Beneath the Black Pines | Crown of Hoarfrost | De profundis noctis | Where the Wolves Buried the Sun | Pyre
    The Mountain Does Not Forgive | I. Descent | II. Vigil | III. Ashes | Vinternatt | Evig mørke | Fra dypet | Skogens sorg | Hymne til natten
    Blood Upon the Rime | An Altar of Antlers | Cathedral Hunger | Ravens over Dead Water | Wrath of the Long Night | Black Milk
    A Thousand Winters Mourning | Bell Tower in Flame | Serpent Liturgy | Eclipse of the Shepherd | Carrion Psalm | Weight of the Grave Soil
    Monolith | Sleepless Under Stone | Tears of a Dying Star | Salt the Earth | Nameless, Crownless | Witch Harvest | Iron Tide
    Das letzte Licht | Tod im Schnee | Through Fog and Thorn | Storm Over Kaldvik | Beneath the Barrow | Ten Thousand Crows | Ruinous
    {rite} of {ruin} | {ruin} and {ruin} | The {rite} | Beyond the {rite} | Eternal {rite} | {ruin} Eternal | Under a {color} Moon
    {color} {rite} | Born of {ruin}
  `),
  slots: {
    dark: list(
      'Morvayn | Thurisgard | Nargoth Vael | Umbrakar | Velkharn | Ostragoth | Ygrimm | Draugheim | Carchar | Malvhar | Skeldr',
    ),
    ruin: list(
      'Ash | Frost | Sorrow | Bone | Iron | Dusk | Smoke | Plague | Thorn | Winter | Rust | Silence',
    ),
    rite: list('Requiem | Vigil | Coven | Procession | Throne | Covenant | Funeral | Rite | Oath | Hymn'),
    color: list('Pale | Black | Dying | Crimson | Frozen | Hollow'),
  },
};

const still: Voice = {
  ...common,
  countries: ['GB', 'US', 'DE', 'IS', 'JP', 'DK'],
  solo: list(
    '{given} {family} | {given} {family} | {given} {family} | {alias} | {alias} | {given} Á. {family}',
  ),
  bands: list(`
    Tidal Archive | Slow Weather | Field Notes for Rain | Stillwater Transmission | Low Hum Society | Winter Piano School | Peatland
    The Long Now Quartet | Night Kitchen Tapes | Seagrass Institute | Aerial Survey | Two Rooms, One Piano | Inner Lighthouse
    Lichen & Lamp | Study Hall Ghosts | Rainy Window Club | Mellow Homework | Tea at Midnight | {alias} & {given} {family} | {family} / {family}
  `),
  titles: list(`
    Drift (for Ana) | Harbour Light, 4am | Snowfield | Breath, Held | Lowlands | A Slow Map of the Coast | Vespers | Peat | Half-Light
    Letter to a Lake | Long Division | Small Hours | Morning, Upright Piano | What the Tide Left | Room Tone | Glacial | Weather Station
    Everything Is Far Away | Undersong | Kelp | Evening Inventory | Warm Tape | Sleep Study | First Snow, No Wind | Murmuration | Thaw
    Rain Against Glass | Coffee Gone Cold | Page 47 | Umbrella Stand | Sunday Homework | Cat on the Amp | Late Library | Bus Window
    Waltz for a Quiet House | Two Chairs | The Light in the Stairwell | Lullaby in Blue | Distance, Measured | Sleepers | Tall Windows
    Nightswimming Pool | Moss | Estuary | Field Recording, {month} | {month}, Morning | {month} Variations | Étude for {given}
    {place} I | {place} II | {place} III | {place} at Dusk | {place}, Early | Toward {place} | Above the {place} | {time} | {time} ({month})
    Slow {place} | For {given} | {given}'s Window | {weather} over {city} | {weather}, Then Nothing
  `),
  slots: {
    given,
    family,
    city,
    month,
    alias:
      list(`Halcyon Ward | Fenland | Ombra | Kita Norden | Sill | Loam | Haar | Vesper Lindgren | Blåtimen | Skerry | Isobar | nightjar, nightjar
      Still Ines | tomo/field | Mellow Otis | Dusty Ferns | Papermint | Oolong Oliver | Kaffe Klub`),
    place: list(
      'Estuary | Fjord | Meadow | Shoreline | Orchard | Valley | Lighthouse | Tundra | Moor | Delta | Lagoon | Plateau',
    ),
    time: list('05:40 | 23:15 | Before Dawn | After Midnight | Nightfall | Blue Hour'),
    weather: list('Fog | Rain | Snow | Light | Dust | Frost'),
  },
};

const jazz: Voice = {
  ...common,
  countries: ['US', 'US', 'GB', 'FR', 'DE'],
  solo: list(`{given} {family} | {given} {family} Trio | {given} {family} Quartet | {given} {family} Quintet | {given} "{nick}" {family}
    {given} {family} Sextet | {given} {family} & {given} {family}`),
  bands: list(
    'The Basin Street Irregulars | Northern Standard Time | The Third Stream Ferry | Cloakroom Five | Nine Lives Big Band',
  ),
  titles: list(`
    Blues for the Landlady | Minor Disagreement | Half Past Maybe | Soft Shoe in Harlem | The Third Martini | Walking Mr. Lowell
    Lush Weather | Corner of Nowhere and Fifth | Elegy for a Bassist | Round About Eleven | Blue Stockings | No Rush, Monsieur
    East of the Avenue | Sidewinding Stairs | Waltz for a Tall Girl | Peculiar Angle | Who Parked My Horn | Night at the Cloakroom
    Serpentine | Little Green Umbrella | Take the Long Way | Ask Me in {month} | {month} in {city} | {city} Nocturne | Blues for {given}
    {given}'s Dilemma | {given} Steps Out | Waltz for {given} | {nick}'s Mood | {nick} Jumps In | Like {nick} Said | The {city} Shuffle
    Moonlight in {city} | {month} Moon | Stompin' at the {hall} | Closing Time at the {hall} | Theme for {given} {family}
  `),
  slots: {
    city,
    month,
    given:
      list(`Cecil | Wardell | Leonard | Mavis | Horace | Dexter | Ada | Chester | Rosalie | Thaddeus | Freda | Lionel | Elias | Nadia
      Bertrand | Ornella | Jules | Miriam | Anders`),
    family:
      list(`Ashby-Cole | Whitcomb | Garrow | Pettiford-Lane | Salinger | Moreau | Kessler | Vandermeer | Hollis | Overton | Bledsoe
      Rainey | Tremaine | Lindgren | Draper | Coyle | Sandoval | Wren`),
    nick: list('Sleepy | Duke Street | Pockets | Lefty | Deacon | Cricket | Junior | Smokes'),
    hall: list('Cloakroom | Paramount | Blue Heron | Regency | Half Note House | Palm Court'),
  },
};

const hyper: Voice = {
  ...common,
  solo: list(`
    glitterbaby | pixie.exe | Kandi Vortex | hexa | LUV MACHINE | babyteeth 2000 | Mina Megahertz | angel.zip | Poppy Overload | xo marrow
    Sugar Rush Hour | Ari Vandelay | lil emoji death | NØVA | Kit Chrome | plasticine | Bambi Reboot | cherry.wav | Tamsin Vex | 4ever Jules
    {given} {nick} | {given} {nick} | {given} | {given} {nick} | {nick} {given} | {given} {family}
  `),
  bands: list(
    'Gummy Apocalypse | Girls & Gigabytes | 100 Missed Calls | Crush Depth Charge | Y2Kay | {nick} Twins | {given} x {given}',
  ),
  titles: list(`
    crush.exe | Sugar High Voltage | boyfriend material (100% polyester) | 2 Fast 2 Feel | lipgloss apocalypse | Cry in the Club, Cry in the Cab
    glitch kiss | Main Character | Ringtone | screensaver | Blue Tick | Tamagotchi Heart | Hot Mess Express | vending machine love
    delete my number | Pixel Tears | Good Girl Gone Offline | Crash My Car (Into the Sun) | Cartoon Heart | Xtra Life | Heartbreak Speedrun
    Iconic | Bite | Dopamine | omg i miss u | Pretty When I Lie | Gum | Unread | Strawberry Static | Manic Pixie Dream Job | 3D Printed Heart
    Sweet Like Battery Acid | Neon Nails | Superstar | Party Dress | Golden Girl | Love Me Louder | Mirror Mirror | Fever Dream House
    Dancing on the Kitchen Table | {feel} | {feel} Overload | {feel} (again) | Too {feel} to Text | So {feel} | {verb} Me Like a Song
    {verb} 4 U | u {verb} me | {month} Baby | Kiss Me in {city} | Hey {given} | {feel} in {city}
  `),
  slots: {
    given: list(
      'Lexi | Romy | Juno | Kiki | Mika | Nova | Tess | Zadie | Bibi | Coco | Remi | Sasha | Dot | Evie | Lux',
    ),
    family,
    nick: list(
      'Vex | Chrome | Starr | 3000 | Lovecraft | Pixel | Candy | Electra | Deluxe | Sorbet | Velvet | Riot',
    ),
    feel: list('Manic | Obsessed | Shy | Dizzy | Famous | Lovesick | Reckless | Cute | Electric | Jealous'),
    verb: list('Crash | Save | Haunt | Break | Charge | Hold | Block'),
    city,
    month,
  },
};

const dub: Voice = {
  script: 'Latin',
  countries: ['JM', 'GB'],
  solo: list('{given} {surname} | {title} {given} | {given} {surname} | {title} {surname}'),
  bands: list(`
    Roots Ambassador | Mount Zion Steppers | Orange Street All Stars | Half Way Tree Players | Lion Paw Rhythm Section | The Heptagons
    Tuff Lick Band | Hope Road Harmonizers | {title} {given} & the {group} | The {group} | {place} {group}
  `),
  titles: list(`
    Fire in Babylon Yard | Steppin' Out of Zion | Roots & Rain | Dub the Hills | Natural Mystique | Bamboo Skank | Sufferer's Version
    Bredda Gravity | Rockers Tailor | Herb Tea Dub | Echo Chamber Blues | Duppy Know Who | Love Up Your Neighbour | Riddim Ferry
    Tin Roof Rain | Seventh Seal Dub | Ital Breakfast | Tribulation Street | {place} Dub | {place} Rock | Dub from {place} | {thing} Dub
    {thing} Version | {title} {given} Meets the {group} | King of {place} | {thing} Skank | No {thing} in {place}
  `),
  slots: {
    given: list(
      'Errol | Delroy | Winston | Lascelles | Marcia | Hyacinth | Clive | Desmond | Junie | Everton',
    ),
    surname: list(
      'Fairweather | Cudjoe | Pinnock | Bogle-Hines | Clutterbuck | Lindo Grey | Whylie | Morgan-Tull',
    ),
    title: list('Prince | Jah | Sister | Doctor | Papa | Captain'),
    group: list('Observatories | Heptagons | Steppers | Harmonizers | Tamarinds | Roots Players'),
    place: list(
      'Half Way Tree | Orange Street | Spanish Town | Ocho Rios | Port Antonio | Brixton | Handsworth | Jones Town',
    ),
    thing: list('Thunder | Pressure | Mango | Lightning | Zion | Prophecy | Jericho | Hurricane'),
  },
};

export const englishVoices = {
  'en-dub': dub,
  'en-dreamy': dreamy,
  'en-guitar': guitar,
  'en-club': club,
  'en-rap': rap,
  'en-soul': soul,
  'en-roots': roots,
  'en-heavy': heavy,
  'en-still': still,
  'en-jazz': jazz,
  'en-hyper': hyper,
} as const;
