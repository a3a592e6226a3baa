/** Words to make rows of. Nobody and nothing of that name is meant. All of it fits into three bytes of UTF-8 a character. */

export const FIRST_NAMES = [
  'Ada',
  'José',
  'Zoë',
  'Łukasz',
  'Maria',
  'Björn',
  'Ελένη',
  'Tom',
  '花子',
  'Søren',
  'Grace',
  'Ирина',
  'Nguyễn',
  'Iñaki',
] as const;

export const LAST_NAMES = [
  "O'Brien",
  'Müller',
  'Núñez',
  'Smith-Jones',
  '山田',
  'Østergård',
  'Παππά',
  'van der Berg',
  'Kowalski',
  'Петрова',
  'Brown',
  'Weiß',
  'de la Cruz',
  'Trần',
] as const;

export const STREETS = ['Main Street', 'Elm Road', 'Calle Ancha', 'Hauptstraße', 'Rue de l’Église'] as const;

export const CITIES = [
  ['Newbridge', 'NY', '10901'],
  ['Port Royal', 'NJ', '07001'],
  ['São Pedro', 'CT', '06001'],
  ['Altstadt', 'PA', '18001'],
] as const;

export const OCCUPATIONS = ['Baker', 'Teacher', 'Électricienne', 'retired', null] as const;

export const REASONS = [
  'Check-up',
  'Fever and cough',
  'Rückenschmerzen',
  'Follow-up   ',
  'Blutdruckkontrolle – bitte früh',
  '',
] as const;

export const FINDINGS = [
  'No complaints.',
  'Pain\tin the left knee\r\nsince 2 weeks.\r\nNo swelling.',
  '<p>Throat <b>red</b>, tonsils swollen.</p>',
  'Temp. 101 °F – see again in 3 days &amp; call before',
  'Voir l’ordonnance \\ dossier n° 12',
] as const;

export const PROBLEMS = [
  ['Essential hypertension', 'ICD10:I10'],
  ['Type 2 diabetes mellitus', 'ICD10:E11.9;SNOMED-CT:44054006'],
  ['Low back pain', 'ICD9:724.2'],
  ['Asthma', 'icd10:J45.909'],
] as const;

export const ALLERGENS = [
  ['Penicillin', 'RXCUI:70618', 'hives'],
  ['Latex', '', 'rash'],
  ['Erdnüsse', 'SNOMED-CT:91935009', 'hives'],
] as const;

export const DRUGS = [
  ['Amoxicillin 500 mg', '308182', '500'],
  ['Metformin 850 mg', '861004', '850'],
  ['Lévothyroxine 50 µg', '966221', '50'],
  ['葛根湯', '', '2.5'],
] as const;

export const VACCINES = [
  ['141', 'Influenza'],
  ['208', 'COVID-19'],
  ['03', 'MMR'],
  ['115', 'Tdap'],
] as const;

export const TESTS = [
  ['718-7', 'Hemoglobin', 'g/dL', '12-16'],
  ['2345-7', 'Glucose', 'mg/dL', '70-99'],
  ['6690-2', 'Leukocytes', '10*3/uL', '4-11'],
] as const;

export const MESSAGES = [
  'Please call back',
  'Rezept erneuern',
  'Bring the old X-ray',
  'お電話ください',
] as const;
