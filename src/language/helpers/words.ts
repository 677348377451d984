/** Words for generated names and texts in templates. The lists are short on purpose: they fill fields and are not a data set. */

const split = (text: string): readonly string[] => text.split(' ')

/** First names for the template helpers that generate people. */
export const firstNames = split(
  'Ada Alan Amira Anders Anna Bao Carlos Chloe Daniel Deniz Elena Emil Fatima Felix Grace Hana Hugo Ines Ivan Jan Julia Kai Karim Lars ' +
    'Leila Lena Lucas Maria Mateo Mei Mia Milan Nadia Nina Noah Olga Omar Paulo Priya Ravi Rosa Sara Sven Tariq Uma Viktor Wei Yuki Zoe',
)

/** Family names for the template helpers that generate people. */
export const lastNames = split(
  'Adams Almeida Bauer Becker Bianchi Brown Chen Costa Dubois Eriksson Fischer Garcia Haddad Hansen Ivanova Jansen Johnson Kaya Khan Kim ' +
    'Kowalski Kumar Lefevre Lopez Martin Meyer Miller Moreau Nakamura Nguyen Novak Okafor Olsen Park Patel Petrov Rossi Sato Schmidt Silva ' +
    'Singh Smith Tanaka Torres Vogel Wagner Walker Weber Wilson Yilmaz',
)

/** City names for the template helper `city`. */
export const cities = split(
  'Amsterdam Athens Bangalore Barcelona Berlin Bogota Boston Brussels Budapest Cairo Chicago Copenhagen Dakar Delhi Dublin Geneva Hamburg ' +
    'Hanoi Helsinki Istanbul Jakarta Kyiv Lagos Lima Lisbon London Lyon Madrid Manila Melbourne Milan Montreal Mumbai Munich Nairobi Oslo ' +
    'Paris Prague Quito Rome Santiago Seoul Singapore Stockholm Sydney Tokyo Toronto Vienna Warsaw Zurich',
)

/** First words of the company names that template helpers generate. */
export const companyNames = split(
  'Alder Anchor Aspen Beacon Birch Cedar Cobalt Copper Delta Ember Falcon Granite Harbor Horizon Juniper Lantern Maple Meridian Nimbus ' +
    'North Orchard Pioneer Quartz River Summit Timber Vector Willow',
)

/** Last words of the company names that template helpers generate, such as `Inc`. */
export const companyForms = split('AG Group Holding Inc Labs Logistics Ltd Partners Services Software Systems Works')

/** English words for the texts that template helpers generate. */
export const textWords = split(
  'a about account after again all also an and any are ask at back be because before but by call can change check clear close come could ' +
    'customer day detail different do each early email end even every few find first for from full get give go good have help here home how ' +
    'if important in into is issue it just keep know last later letter like line little long look made make many may message month more most ' +
    'much need never new next no not note now number of offer often on one only open or order other our out over part pay people place plan ' +
    'please point possible price problem product question quick read reason reply report request result right same say see send service ' +
    'short should show since small some soon start still store such support system take talk tell than that the their them then there these ' +
    'they thing think this time to today together too two under until up update use very visit wait want was way week well were what when ' +
    'where which while who why will with word work would write year yes you your',
)
