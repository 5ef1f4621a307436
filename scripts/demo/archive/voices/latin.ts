import { list, type Voice } from './voice.ts';

const spanish: Voice = {
  script: 'Latin',
  countries: ['CO', 'MX', 'AR', 'ES', 'PE', 'CL'],
  solo: list('{given} {family} | {given} {family} | {given} {family} y su {group} | {given}'),
  bands: list(`
    Los Gaiteros del Alba | Sonora Miramar | La Orquesta Tropical de Ciénaga | Los Hermanos Ibarrola | Conjunto Maíz Morado
    Grupo Relámpago | Las Niñas del Puerto | Los Astros de Tamarindo | Cumbiamba Eléctrica | Papaya Nuclear | Club Social Valdivia
    Isla Quemada | Perro Celeste | Ruido Blanco y Azúcar | Mar de Fondo | Trío Jacaranda | Quinteto Arrabal Sur | Selva de Neón
    Los {animal} de {place} | Los {animal} de {place} | Sonora {place} | Grupo {place} | {given} y los {animal}
  `),
  titles: list(`
    Cumbia del Relojero | La Pollera de Ceniza | Corazón de Estación | Me Voy pa'l Río | Baila, Negra Linda | Mañana Será Domingo
    Quiéreme Despacio | El Último Tranvía | Tu Balcón | Sin Permiso | La Culebra Verde | Mil Velas | No Me Llames de Noche | Pájaro de Barro
    Arrabal Dormido | Café con Olvido | Gitana de Abril | Bulería del Faro | Soleá para mi Padre | Peligrosa | Sudor y Canela | Otra Ronda
    Volver a Nacer en Cádiz | Lo Que Dijo el Mar | La Casa de Adobe | Nadie Baila Solo | Perreo en la Azotea | Dime Ya | Fuego Lento
    {noun} de {thing} | {noun} de {thing} | {noun} de {thing} | Cumbia de {place} | {given} | Adiós, {given} | Por {given} | Tango para {given}
    Carta a {given} | {thing} y {thing}
  `),
  slots: {
    given:
      list(`Aurelio | Casilda | Nicanor | Ximena | Leandro | Rocío | Amparo | Eusebio | Marisol | Iñaki | Remedios | Fermín | Lucía
      Baltasar | Noelia | Ofelia | Jacinto | Begoña`),
    family:
      list(`Villalobos Cruz | Peñaranda | Ibarrola | Quiñones Mar | Arrieta | Salcedo Luna | Montoya Ríos | Echeverri | Zúñiga
      Cárdenas Sol | Valdivieso | Urrutia | Baquero | Ferreyra | Olmedo`),
    group: list('Conjunto | Orquesta | Combo | Sonora'),
    animal: list('Jaguares | Gavilanes | Caimanes | Alacranes | Colibríes | Gallos'),
    place: list('Miramar | Ciénaga | Barranco | Tamarindo | Valparaíso | Magdalena | Oriente | la Sierra'),
    noun: list('Luna | Noche | Carta | Flor | Lluvia | Calle | Vals | Sombra | Puerta'),
    thing: list('Abril | Plata | Sal | Medianoche | Papel | Azúcar | Domingo | Arena | Humo'),
  },
};

const portuguese: Voice = {
  script: 'Latin',
  countries: ['BR', 'BR', 'PT'],
  solo: list(
    '{given} {family} | {given} {family} | {given} {family} | {given} do {place} | {given} & {given}',
  ),
  bands: list(`
    Trio Maré Baixa | Conjunto Beira-Rio | Os Vagalumes | Orquestra Copa Norte | Quarteto Ipê Amarelo | Banda Fio de Luz | Bloco do Sereno
    As Andorinhas de Alfama | Lança-Perfume Elétrico | Grupo Canoa Nova | Sol na Varanda | Os Poetas do Cais | {place} 4 | Trio {place}
  `),
  titles: list(`
    Barquinho de Papel | Manhã na Gávea | Você Chegou Tarde | Saudade do Que Não Foi | Samba da Janela | Sem Pressa | O Guarda-Chuva Azul
    Fado da Rua Torta | Lágrima no Cais | Meu Amor É Marinheiro de Terra | Chão de Estrelas Caídas | Só Mais um Café | Garoa | Beira do Mundo
    Menina de Agosto | Violão Vazio | Maré Cheia | Quando o Tejo Dorme | Cantiga para a Minha Mãe | Coisa Mais Simples | Deixa o Vento Entrar
    Balanço do Mar | Desencontro | Noves Fora, Amor | Casa Portuguesa sem Ninguém | A Última Guitarra | Carnaval em Janeiro | Tropeço
    {noun} de {thing} | {noun} de {thing} | {noun} de {thing} | Samba de {thing} | Samba para {given} | {given} | Fado {family} | Valsa de {given}
    {noun} no {place}
  `),
  slots: {
    given:
      list(`Iracema | Tomás | Leonor | Caio | Benedita | Joaquim | Jurema | Otávio | Luzia | Amílcar | Dalva | Zeca | Inês | Belmiro
      Graça | Nilo`),
    family:
      list(`Assunção | Vilhena | Figueira | Brandão Reis | Sepúlveda | Queirós | Taveira | Mourão | Conceição Lima | Abrantes
      Falcão | Guimarães Sá | Valadares | Portela Dias`),
    place: list('Leme | Recôncavo | Chiado | Morro | Cais | Sertão | Mirante'),
    noun: list('Manhã | Tarde | Noite | Chuva | Canção | Sombra | Carta | Lua'),
    thing: list('Abril | Verão | Domingo | Saudade | Setembro | Veludo | Vidro | Sal'),
  },
};

const french: Voice = {
  script: 'Latin',
  countries: ['FR', 'FR', 'BE', 'CA', 'CD'],
  solo: list('{given} {family} | {given} {family} | {given} {family} | {given} | {given} et {given}'),
  bands: list(`
    Les Grands Départs | Cinéma Belleville | La Féline Bleue | Nuits d'Oléron | Les Parapluies | Télégraphe Sud | Bal Perdu | Orchestre Veracruz
    Piscine Municipale | Minuit Pile | Mobylette Club | Vélodrome | Hôtel des Brumes | Bains-Douches Machine | Les Enfants du Canal
    Orchestre {place} | Les {thing}s de {given} | {place} Discothèque
  `),
  titles: list(`
    La Mer à l'envers | Rue des Absents | Tu dors encore | Le dernier métro pour toi | Aquarelle | Quatre heures moins le quart | Les mains froides
    Mon amour de gare | Plage privée | Je t'écris d'Ostende | La vie en sépia | Comme un dimanche | Fumée bleue | Cinéma muet | Boulevard du retour
    Si tu m'oublies | Les cerisiers | Vertige | Tout est calme à Vincennes | Danse avec ton ombre | Encore un verre | L'été n'a rien dit
    Néon bleu | Musique pour parkings | Discothèque nationale | La fille du phare | Nage | Demain peut-être | On rallume | Le Jardinier
    {noun} {when} | {noun} {when} | {noun} {when} | {noun} {when} | {given} | Pour {given} | {given} {when} | Où va {given} ?
  `),
  slots: {
    given:
      list(`Maëlle | Anatole | Solange | Bastien | Ysée | Lucien | Apolline | Rémi | Odile | Théophile | Garance | Marius | Éléonore | Côme
      Noémie | Aurélien`),
    family:
      list(`Delacourt | Vasseur | Montreuil | Lantier | Bréval | d'Aubigné | Carpentier | Rochefeuille | Fontanelle | Maréchaux
      Tessier | Kerlouan | Sauvageot | Belhadj`),
    place: list('Matonge | Belleville | Kintambo | Pigalle-Nord | Bandalungwa'),
    thing: list('Fantôme | Cousin | Dimanche | Manteau'),
    noun: list('Nuit | Valse | Lettre | Chanson | Jardin | Pluie | Promenade | Adieux'),
    when: list(
      "de novembre | du dimanche | d'été | sans retour | sous la pluie | à Trouville | de minuit | pour personne",
    ),
  },
};

const german: Voice = {
  script: 'Latin',
  countries: ['DE', 'DE', 'AT', 'CH'],
  solo: list('{given} {family} | {given} {family} | {family} & {family} | {family}'),
  bands: list(`
    Stadtrand Süd | Elektrische Gärten | Kosmische Tankstelle | Freibad 78 | Institut für Schlaf | Nordlicht Motorik | Kaltmiete | Zimmer frei
    Die Letzte Tram | Werkstatt Ost | Autobahn im Regen | Gruppe Zeitlupe | Schöne Grüße | Tonband Kollektiv | Die {things} | Institut {family}
  `),
  titles: list(`
    Immer weiter geradeaus | Nachts im Freibad | Ferngespräch | Sonnenallee, vier Uhr früh | Warten auf Grün | Kaltes Licht | Umsteigen in Hamm
    Zeitlupe | Kein Empfang | Das Meer ist zu | Motor läuft | Radio Prag | Blaupause | Wir fahren nirgendwohin | Halbschlaf | Späti | Tapetenwechsel
    Langsamer Walzer für Maschinen | Schwarzer Kaffee | Gegenverkehr | Neonregen | Herz aus Beton | Frühling auf Raten
    Nacht über {city} | Regen in {city} | {city}, umsteigen | {noun} ohne {noun} | {noun} und {noun} | {noun} Nr. {number} | {given} schläft
  `),
  slots: {
    given: list(
      'Anneke | Jost | Liesl | Konrad | Frauke | Emil | Wiebke | Ruprecht | Hanne | Matthis | Grete | Veit',
    ),
    family: list(
      'Brandwein | Oelze | Kirschbaum-Wolf | Tiefensee | Rautenberg | Ahlers | Nachtweih | Zirkel | Sommerfeldt | Lüders | Hochstätter',
    ),
    things: list('Fernmelder | Nachbarn | Pendler | Tiefseetaucher | Frühaufsteher'),
    city: list('Leipzig | Wuppertal | Rostock | Graz | Kassel | Basel'),
    noun: list('Licht | Strom | Mantel | Ferien | Nebel | Musik | Kaffee | Schnee'),
    number: list('2 | 3 | 5 | 7'),
  },
};

const italian: Voice = {
  script: 'Latin',
  countries: ['IT'],
  solo: list('{given} {family} | {given} {family} | {given} {family} | {given}'),
  bands: list(`
    I Ragazzi del Molo | Orchestra Lido Azzurro | Notturno Adriatico | La Banda del Sabato | Gelato Cosmico | Le Strisce Pedonali
    Stazione Balneare | Cinema Odeon Blu | Gli {things} | I {things}
  `),
  titles: list(`
    Ombrellone 42 | Ti telefono domani | Mare d'inverno sul molo | Estate in differita | Quando torni a Rimini | Il gelataio di via Po | Vespa bianca
    Non dirlo a mia madre | Sabato al Lido | La luna nel cortile | Amore a rate | Lambrusco e lacrime | Sotto i portici | Cartolina da Capri
    Notte {when} | Canzone {when} | Pioggia {when} | Valzer {when} | Ciao, {given} | {given} {when} | Discoteca {when}
  `),
  slots: {
    given: list(
      'Ornella | Fiorenzo | Mirella | Tullio | Ginevra | Sandro | Loredana | Ettore | Nives | Attilio',
    ),
    family: list(
      'Bonaventura | Casadei Rossi | Malaspina | Terranova | Del Vento | Santacroce | Pellegrino Sarti | Lunardi | Zanetti Blu',
    ),
    things: list('Bagnini | Innamorati | Astronauti | Vicini'),
    when: list("d'agosto | senza te | a Trieste | di mezzanotte | per Lucia | in bianco e nero | d'estate"),
  },
};

const nordic: Voice = {
  script: 'Latin',
  countries: ['SE', 'IS', 'NO', 'DK', 'FI'],
  solo: list('{given} {family} | {given} {family} | {given} {family} | {given}'),
  bands: list(`
    Vinterlund | Svalgången | Måndagsklubben | Sjöbris | Hafnarfjall | Þokuljós | Kesäyö | Lumisade | Blåbärsskogen | Fyrtårn | Norrsken & Söner
    Tusen Sjöar | Regnbåge Söder | Ljósvaki | Hämärä
  `),
  titles: list(`
    Långt bort i augusti | Snö över Söder | Vakna inte än | Hjärtat är en hiss | Sista färjan till Öland | Kaffe klockan tre | Tusen fönster
    Blå timme | Jökull | Ljósið í glugganum | Hægt | Vetrarkvöld | Sofðu rótt | Við hafið | Kuutamolla kahdestaan | Pieni valo | Ensilumi
    Natten er lys | Hjemover | Under broen | Rolig nu | Vi ses i {month} | {month} i {city} | Brev från {city} | {given}s sång | Vals för {given}
  `),
  slots: {
    given: list(
      'Ylva | Eskil | Sigríður | Birta | Aino | Torsten | Hrafn | Liv | Åsa | Ragnheiður | Onni | Vilde | Tove | Bjarki',
    ),
    family: list(
      'Ekelöv | Hallgrímsdóttir | Sandström Lind | Kivimäki | Lundgaard | Þorvaldsson | Ödegård | Nygaard Holm | Björklid | Rautio | Fjellstad',
    ),
    month: list('mars | april | juni | augusti | oktober'),
    city: list('Umeå | Malmö | Visby | Göteborg | Tromsø'),
  },
};

const turkish: Voice = {
  script: 'Latin',
  countries: ['TR'],
  solo: list('{given} {family} | {given} {family} | {given} {family}'),
  bands: list(
    'Boğaz Ekspresi | Kırmızı Minibüs | Üç Kediler | Anadolu Tayfası | Gece Vapuru | Mor Bulutlar | Ay Orkestrası',
  ),
  titles: list(`
    Vapur Kalkmadan | Gözlerin Uzak | Kör Kuyu | Dağlar Yol Vermez | Bir Çay Daha | Kuş Uçmaz Yollar | Sarı Sonbahar | Yıldızlara Sor | Ay Işığında
    Deniz Üstü Köpürdü | Gurbet Treni | Rüzgârın Kızı | Eski Plak | Sensiz Pazar | {place} Gecesi | {place} Yolu | {place} Üstünde Ay | Ah {given}
  `),
  slots: {
    given: list('Nilüfer | Cevdet | Gülşen | Orhun | Selda | Tarık | Müjde | Ferhan'),
    family: list('Karabulut | Denizci | Akgündüz | Yıldırımer | Sönmezay | Çamlıca | Uğurlu | Bozkır'),
    place: list('Ankara | Üsküdar | Kars | Konya | Izmir'),
  },
};

const polish: Voice = {
  script: 'Latin',
  countries: ['PL'],
  solo: list('{given} {family} | {given} {family} | {given} {family}'),
  bands: list(
    'Ciche Godziny | Dworzec Wschodni | Żółty Tramwaj | Orkiestra Mleczna | Psy i Księżyc | Łąka | Zaćmienie Klub',
  ),
  titles: list(`
    Ostatni tramwaj | Śnieg w kwietniu | Cisza przed burzą | Okno na podwórze | Nie budź mnie | Zielone światło | Mgła nad Wisłą | List do siostry
    Pociąg do Gdyni | Sen o morzu | Dom bez adresu | Błękitna godzina | Wróć przed zimą | Kołysanka dla miasta | Po deszczu | Ballada o pustym peronie | Biały autobus | Krakowskie Przedmieście nocą | Cień lipy | Rzeka pod lodem | Kto gasi światło | Tango na dwa krzesła | Herbata z cytryną | Wrzesień | {given} nie śpi | {given}
  `),
  slots: {
    given: list('Zofia | Kazimierz | Bogna | Ignacy | Wanda | Mieszko | Jagoda | Łucja'),
    family: list('Wiśniowiecka-Gaj | Zarębski | Malczyk | Olszańska | Dąbrówka | Grochal | Sosnowicz'),
  },
};

const akan: Voice = {
  script: 'Latin',
  countries: ['GH', 'NG'],
  solo: list(
    '{given} {family} | Nana {given} {family} | {given} {family} & His {group} | Chief {given} {family} | Dr. {given} {family}',
  ),
  bands: list(`
    Cape Coast Rhythm Brothers | Golden Star Dance Band | Sekondi Nightbirds | Uhuru Palm Band | Lagoon City Internationals | The Black Volta Stars
    Accra Yacht Orchestra | {place} {group} | {place} {group} | {given} and the {place} {group}
  `),
  titles: list(`
    Ɔdɔ Yɛ Wu | Auntie Esi Special | Palm Wine on Friday | Sɛ Wo Bɛba | Mama Lagos | Sweet Mother Africa Road | Ebi Like Say | Oil Money Problem
    Me Ne Wo | Onipa Nse Hwee | Market Woman | Kenkey Party | Monday Morning in Lagos Traffic | Sankofa Highlife | Na So E Be | Water No Dey
    Akwaaba Medley | Omo Dada | No Shaking Body | {place} Highlife | {place} Special | {given} Yɛ Dɛ | Sweet {given} | {given} Come Back
  `),
  slots: {
    given: list('Kwabena | Yaw | Ebo | Efua | Akosua | Kofi | Adjoa | Tunde | Folake | Kwesi | Bola'),
    family: list(
      'Ansah-Mensa | Boadu | Acheampong Darko | Adeyinka | Oforiwaa | Tetteh-Quaye | Balogun Ade | Asantewa | Ogunlade | Nkrumaba',
    ),
    group: list('Highlife Kings | Dance Band | Brothers | Stars | Royal Guitars'),
    place: list('Takoradi | Kumasi | Cape Coast | Ibadan | Tamale | Volta | Lagos Lagoon'),
  },
};

const saharan: Voice = {
  script: 'Latin',
  countries: ['ML', 'NE', 'FR'],
  solo: list('{given} Ag {father} | {given} Ag {father} | {given} Walet {father} | {given} {family}'),
  bands: list(
    'Tenere Assouf | Imzad n Kidal | Groupe Azalai | Toumast Nomades | Les Étoiles de Niafunké-Nord | Issawat | Amawal Sahel | Tin Essako',
  ),
  titles: list(`
    Assouf | Ténéré, ma mère | Imidiwan | Aman Dagh | Arhegh | Tarhanine | Ehad | Alkhar Dessouf | Toumast | Azawagh | Adounia | Tamiditin Tan
    Chet Kidal | Tamasheq | Akal nin | Le chant du chamelier | Ishumar | Fleuve Niger, la nuit | Tin Zaouaten | Ma guitare est une tente | Iswegh Attay | Sable rouge | Le puits de mon père | Caravane de sel | Tisdass | Amidinin | Ar Hissen | Blues du fleuve | Route de {place} | {place} | Nuit à {place}
  `),
  slots: {
    given: list('Moussa | Alhassane | Fadimata | Bilal | Aïcha | Ibrahim | Mariam | Hamma'),
    father: list('Elhadj Moha | Intaha | Akly | Oumbadagh | Warakat | Aghali | Tanfa'),
    family: list('Touré Bamba | Diabaté-Sy | Maïga Cissé | Kouyaté Fall'),
    place: list('Tessalit | Agadez | Araouane | Gossi | Iferouane'),
  },
};

export const latinVoices = {
  es: spanish,
  pt: portuguese,
  fr: french,
  de: german,
  it: italian,
  nordic,
  tr: turkish,
  pl: polish,
  ak: akan,
  sahel: saharan,
} as const;
