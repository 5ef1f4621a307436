/** The names of the invented catalogue, in many scripts. None of these people, records or songs exists. */
export interface InventedAlbum {
  readonly artist: string;
  readonly album: string;
  readonly releaseDate: string;
  readonly tracks: readonly [string, string, string, string, string];
}

export const INVENTED_ALBUMS: readonly InventedAlbum[] = [
  {
    artist: 'Harbour Lights Quartet',
    album: 'Low Tide Arithmetic',
    releaseDate: '1974',
    tracks: ['Pier Nine', 'Salt Ledger', 'Slow Ferry', 'What the Gulls Owe', 'Lamp Room'],
  },
  {
    artist: 'Maribel Ocampo',
    album: 'Cuaderno de agosto',
    releaseDate: '2019-08-16',
    tracks: ['Patio interior', 'La última siesta', 'Ñandú', 'Carta sin sello', 'Agosto otra vez'],
  },
  {
    artist: 'Тихий Двор',
    album: 'Снег на проводах',
    releaseDate: '1988-11',
    tracks: [
      'Трамвай до кольца',
      'Снег на проводах',
      'Третий подъезд',
      'Чай без сахара',
      'Утро понедельника',
    ],
  },
  {
    artist: '夜汽車クラブ',
    album: '窓際の席',
    releaseDate: '2016-03-23',
    tracks: ['窓際の席', '終点まで', '雨の改札', '缶コーヒー', '夜明け前の街'],
  },
  {
    artist: 'The Paper Cranes of Ostrava',
    album: 'Fold Along the Line',
    releaseDate: '2008-05-12',
    tracks: ['Crease', 'Thousandth', 'Fold Along the Line', 'Glue & Patience', 'Unfolding (Reprise)'],
  },
  {
    artist: 'Øyvind Nattland',
    album: 'Fjellvann',
    releaseDate: '2021-01-29',
    tracks: ['Fjellvann', 'Første is', 'Ærfugl', 'Under null', 'Hytta på åsen'],
  },
  {
    artist: 'نجوم الميناء',
    album: 'رسائل البحر',
    releaseDate: '1996',
    tracks: ['رسائل البحر', 'ليل المدينة', 'قهوة الصباح', 'طريق العودة', 'شباك قديم'],
  },
  {
    artist: 'Kofi & the Slow Machines',
    album: 'Market Day Engines',
    releaseDate: '1979-06',
    tracks: ['Market Day', 'Borrowed Bicycle', 'Engine Prayer', 'Red Dust Highlife', 'Come Back Tuesday'],
  },
  {
    artist: 'Ανεμόμυλος',
    album: 'Λευκά σκαλιά',
    releaseDate: '2003-09-01',
    tracks: ['Λευκά σκαλιά', 'Μελτέμι', 'Το τελευταίο καΐκι', 'Αλάτι', 'Νύχτα στη βεράντα'],
  },
  {
    artist: 'DJ Teletext',
    album: 'Page 888',
    releaseDate: '1999-02-14',
    tracks: ['Page 100', 'Hold / Reveal', 'Subtitles On', 'Sports Ticker', 'Page 888'],
  },
  {
    artist: '달빛우체국',
    album: '느린 편지',
    releaseDate: '2022-10-07',
    tracks: ['느린 편지', '우표 한 장', '막차', '창문을 열면', '겨울 주소'],
  },
  {
    artist: 'Lucie Fontanel',
    album: "L'heure des volets",
    releaseDate: '1966',
    tracks: [
      "L'heure des volets",
      'Rue sans numéro',
      'Dimanche, déjà',
      'Le parapluie rouge',
      'Où va la rivière',
    ],
  },
  {
    artist: 'Glass Orchard',
    album: 'Everything Ripens at Once',
    releaseDate: '2024-04-19',
    tracks: ['Windfall', 'Everything Ripens at Once', 'Ladder Season', 'Wasps', 'Frost Date'],
  },
  {
    artist: 'शाम की गली',
    album: 'छत पर चाँद',
    releaseDate: '2014-07',
    tracks: ['छत पर चाँद', 'पुरानी साइकिल', 'बारिश का पता', 'चाय और ख़त', 'लौटती हवा'],
  },
  {
    artist: 'Brüder Kessler',
    album: 'Werk IV',
    releaseDate: '1982',
    tracks: ['Schichtbeginn', 'Förderband', 'Kantine', 'Größe M', 'Feierabend'],
  },
  {
    artist: 'Nine Postcards Home',
    album: 'Wish You Were Hear',
    releaseDate: '2011-11-11',
    tracks: ['Dear All', 'Weather Fine', 'Wish You Were Hear', 'Stamp Costs Extra', 'Home by Friday'],
  },
  {
    artist: 'רחוב שקט',
    album: 'מפתח מתחת לעציץ',
    releaseDate: '2009-04-26',
    tracks: ['מפתח מתחת לעציץ', 'קו שמונה', 'מרפסת', 'שבת בבוקר', 'אור אחרון'],
  },
  {
    artist: 'Tamsin Vale',
    album: 'Small Hours, Large Rooms',
    releaseDate: '2025-02-07',
    tracks: ['Small Hours', 'Large Rooms', 'Stairwell', "Nobody's Coat", 'Leave the Hall Light'],
  },
  {
    artist: 'Grupo Marejada',
    album: 'Maré Baixa',
    releaseDate: '1971-03',
    tracks: ['Maré Baixa', 'Coração de Areia', 'Barco Sem Nome', 'Manhã no Cais', 'Saudação'],
  },
  {
    artist: '纸月亮',
    album: '旧地图',
    releaseDate: '2018-12-21',
    tracks: ['旧地图', '河的对岸', '半张船票', '风筝线', '灯塔'],
  },
  {
    artist: 'The Understudies',
    album: 'Places, Please',
    releaseDate: '1993-10-05',
    tracks: ['Five Minutes', 'Places, Please', 'Prompt Side', 'Ghost Light', 'Curtain (and Again)'],
  },
  {
    artist: 'Wrzosowisko',
    album: 'Żółty pociąg',
    releaseDate: '2006-06-30',
    tracks: ['Żółty pociąg', 'Źdźbło', 'Łąka nocą', 'Świerszcze', 'Ćma'],
  },
  {
    artist: 'ฝนเดือนเก้า',
    album: 'ระเบียงไม้',
    releaseDate: '2020-09-18',
    tracks: ['ระเบียงไม้', 'ฝนเดือนเก้า', 'รถเมล์คันสุดท้าย', 'แสงหลังบ้าน', 'จดหมายถึงเธอ'],
  },
  {
    artist: 'Static Bloom',
    album: 'Ungrounded',
    releaseDate: '2026-05-22',
    tracks: ['60 Hz', 'Ungrounded', 'Soft Fuse', 'Neon Weather', 'Earth Return'],
  },
];
