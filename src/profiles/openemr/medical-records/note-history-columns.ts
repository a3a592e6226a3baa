/** The columns of `history_data` that say something of the patient; others are left to `extra`. */

/** `note|status|date`, for tobacco with a code behind. */
export const LIFESTYLE_COLUMNS: readonly string[] = [
  'coffee',
  'tobacco',
  'alcohol',
  'sleep_patterns',
  'exercise_patterns',
  'seatbelt_use',
  'counseling',
  'hazardous_activities',
  'recreational_drugs',
];

const EXAMINATIONS =
  'breast_exam mammogram gynocological_exam rectal_exam prostate_exam physical_exam sigmoidoscopy_colonoscopy ecg cardiac_echo retinal fluvax pneuvax ldl hemoglobin psa exam_results';
const RELATIVES = 'mother father siblings offspring spouse';
const ILLNESSES =
  'cancer tuberculosis diabetes high_blood_pressure heart_problems stroke epilepsy mental_illness suicide';
const OPERATIONS =
  'cataract_surgery tonsillectomy cholecystestomy heart_surgery hysterectomy hernia_repair hip_replacement knee_replacement appendectomy';

const numbered = (prefix: string, from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => `${prefix}${from + index}`);

export const HISTORY_TEXTS: readonly string[] = [
  ...EXAMINATIONS.split(' ').map((name) => `last_${name}`),
  ...RELATIVES.split(' ').flatMap((name) => [`history_${name}`, `dc_${name}`]),
  ...ILLNESSES.split(' ').map((name) => `relatives_${name}`),
  ...OPERATIONS.split(' '),
  'name_1',
  'value_1',
  'name_2',
  'value_2',
  'additional_history',
  ...numbered('usertext', 11, 30),
  ...numbered('userdate', 11, 15),
  ...numbered('userarea', 11, 12),
];
