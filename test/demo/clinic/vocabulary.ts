/** Words to make rows of. Nobody and nothing of that name is meant. Names have only letters of latin1. */

export const FIRST_NAMES = [
  'Ada',
  'José',
  'Zoë',
  'Jürgen',
  'Maria',
  'Björn',
  'Chloé',
  'Tom',
  'Ana',
  'Søren',
  'Grace',
  'Iñaki',
] as const;

export const LAST_NAMES = [
  "O'Brien",
  'Müller',
  'Núñez',
  'Smith-Jones',
  'Lefèvre',
  'Østergård',
  'Rossi',
  'van der Berg',
  'Kowalski',
  'Gómez',
  'Brown',
  'Weiß',
] as const;

export const CITIES = [
  'Altstadt',
  'Málaga del Lago',
  'Brückenau',
  'Newbridge',
  'Århusum',
  'Port Royal',
] as const;

export const SPECIALTIES = [
  'General practice',
  'Cardiology',
  'Pädiatrie',
  'Οδοντιατρική',
  '皮膚科',
  null,
] as const;

export const DRUGS = [
  'Amoxicillin 500 mg',
  'Ibuprofen 400 mg',
  'Metformin 850 mg',
  'Salbutamol',
  'Lévothyroxine 50 µg',
  '葛根湯',
] as const;

export const REASONS = [
  'Check-up',
  'Fever and cough',
  'Rückenschmerzen',
  'Follow-up   ',
  'vaccination 💉',
  '“it hurts here”',
  null,
  '',
] as const;

export const FINDINGS = [
  'No complaints.',
  'Blood pressure slightly raised; see again in 3 months.',
  'Patient reports pain\tin the left knee\r\nsince 2 weeks.\r\nNo swelling.',
  'Temp. 38,5 °C – throat red, tonsils swollen. "Wait and see".',
  "Voir aussi l'ordonnance ci-jointe \\ dossier n° 12",
  'Dx: M54.5; 50 % better after physiotherapy  ',
] as const;

export const NOTES = [
  null,
  null,
  null,
  '',
  'Prefers mornings 🙂',
  'calls himself "Bob"',
  'hard of hearing\nspeak up',
  'Łukasz is the contact; C:\\scans\\old',
  '糖尿病 since childhood',
] as const;

/** The same name as a program leaves it that took UTF-8 for latin1: `MÃ¼ller`. */
export function encodedTwice(name: string): string {
  return Buffer.from(name, 'utf8').toString('latin1');
}
