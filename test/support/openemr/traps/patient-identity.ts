/** What identifies and describes a patient: chart number, sex, social security number, option lists, numbers typed as text. */
import { patientTrap } from './patient-trap.ts';
import { flag, type Trap } from './trap.ts';

const UNUSABLE_SSN = { ssn_ciphertext: null, ssn_last4: null, dq_flags: [flag.invalid('ssn')] };

export const patientIdentityTraps: readonly Trap[] = [
  patientTrap(
    900_000_031,
    'without a chart number the pid is the chart number',
    { pubpid: '' },
    {
      columns: { mrn: '900000031', dq_flags: [] },
    },
  ),
  patientTrap(
    900_000_032,
    'a chart number may be that of another patient but for its case: the first',
    { pubpid: 'TRAP-A100' },
    {
      columns: { mrn: 'TRAP-A100', dq_flags: [] },
    },
  ),
  patientTrap(
    900_000_033,
    'a chart number may be that of another patient but for its case: the second',
    { pubpid: 'trap-a100' },
    {
      columns: { mrn: 'trap-a100', dq_flags: [] },
    },
  ),
  patientTrap(900_000_034, 'F is female', { sex: 'F' }, { columns: { sex_at_birth: 'female' } }),
  patientTrap(900_000_035, 'male is Male', { sex: 'male' }, { columns: { sex_at_birth: 'male' } }),
  patientTrap(
    900_000_036,
    'sex that was never given is unknown',
    { sex: '' },
    { columns: { sex_at_birth: 'unknown' } },
  ),
  patientTrap(
    900_000_037,
    'any other word for sex is other, and kept',
    { sex: 'Intersex' },
    {
      columns: { sex_at_birth: 'other' },
      extra: { sex: 'Intersex' },
    },
  ),
  patientTrap(
    900_000_038,
    'a number with dashes is the number',
    { ss: '212-34-5678' },
    {
      columns: { ssn_last4: '5678', dq_flags: [] },
    },
  ),
  patientTrap(
    900_000_039,
    'nine digits are the number',
    { ss: ' 212345679' },
    {
      columns: { ssn_last4: '5679', dq_flags: [] },
    },
  ),
  patientTrap(
    900_000_040,
    'zeros are no social security number',
    { ss: '000-00-0000' },
    { columns: UNUSABLE_SSN },
  ),
  patientTrap(
    900_000_041,
    'nines are no social security number',
    { ss: '999999999' },
    { columns: UNUSABLE_SSN },
  ),
  patientTrap(900_000_042, 'no number begins with 666', { ss: '666-12-3456' }, { columns: UNUSABLE_SSN }),
  patientTrap(
    900_000_043,
    'the same digit throughout is no number',
    { ss: '333-33-3333' },
    { columns: UNUSABLE_SSN },
  ),
  patientTrap(
    900_000_044,
    'words are no social security number',
    { ss: 'refused to give' },
    { columns: UNUSABLE_SSN },
  ),
  patientTrap(
    900_000_045,
    'several races are several codes',
    { race: 'white|Asian', ethnicity: 'hisp_or_latin' },
    {
      columns: { race_codes: ['white', 'Asian'], ethnicity_codes: ['hisp_or_latin'], dq_flags: [] },
    },
  ),
  patientTrap(
    900_000_046,
    'the old field stands in where ethnicity is empty',
    { ethnicity: '', ethnoracial: 'Latina' },
    {
      columns: { race_codes: [], ethnicity_codes: ['Latina'] },
    },
  ),
  patientTrap(
    900_000_047,
    'an option that no list has is flagged, not lost',
    { status: 'Complicated' },
    {
      columns: { marital_status: 'complicated', dq_flags: [flag.unknownOption('marital_status')] },
      extra: { status: 'Complicated' },
    },
  ),
  patientTrap(
    900_000_048,
    'an id of a list is told in lower case',
    { status: 'Married', language: 'English' },
    {
      columns: { marital_status: 'married', preferred_language: 'english', dq_flags: [] },
    },
  ),
  patientTrap(
    900_000_049,
    'words are no number of people, and money has commas',
    { family_size: 'many', monthly_income: '2,500.50' },
    {
      columns: { family_size: null, monthly_income: '2500.50', dq_flags: [flag.invalid('family_size')] },
      extra: { family_size: 'many' },
    },
  ),
  patientTrap(
    900_000_050,
    'YES, NO and nothing are three answers',
    { hipaa_allowsms: 'YES', hipaa_allowemail: 'NO', hipaa_mail: '', allow_patient_portal: 'YES' },
    {
      columns: {
        consent_sms: true,
        consent_email: false,
        consent_mail: null,
        consent_portal: true,
        consent_hie: null,
        dq_flags: [],
      },
    },
  ),
  patientTrap(
    900_000_051,
    'the column that 5.0 spells wrongly is the note for interpreters',
    { interpretter: 'Quechua' },
    {
      columns: { interpreter_note: 'Quechua' },
      versions: ['5.0'],
    },
  ),
  patientTrap(
    900_000_052,
    'an interpreter is needed, and which one is noted',
    { interpreter_needed: 'yes', interpreter: 'Quechua' },
    { columns: { interpreter_needed: true, interpreter_note: 'Quechua' }, versions: ['8'] },
  ),
  patientTrap(
    900_000_053,
    'fields of the site’s own are kept by name',
    { usertext1: 'likes tea', genericname1: 'shoe size', genericval1: '42', squad: 'blue' },
    {
      columns: { dq_flags: [] },
      extra: { usertext1: 'likes tea', genericname1: 'shoe size', genericval1: '42', squad: 'blue' },
    },
  ),
];
