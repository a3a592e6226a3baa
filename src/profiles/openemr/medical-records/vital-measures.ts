/** What is measured, where it is in `form_vitals`, and what is beyond reason for it. */
import type { Measure } from './vital-values.ts';

type Limits = Omit<Measure, 'target' | 'source'>;

const PRESSURE: Omit<Limits, 'from' | 'to'> = { whole: 4, decimals: 2 };
const RATE: Omit<Limits, 'from' | 'to'> = { whole: 5, decimals: 2 };
const LENGTH: Omit<Limits, 'from' | 'to'> = { whole: 5, decimals: 4, unit: 'inches' };

const measure = (target: string, source: string, limits: Limits): Measure => ({ target, source, ...limits });

export const MEASURES: readonly Measure[] = [
  measure('bp_systolic', 'bps', { ...PRESSURE, from: 40, to: 300 }),
  measure('bp_diastolic', 'bpd', { ...PRESSURE, from: 20, to: 200 }),
  measure('weight_kg', 'weight', { whole: 5, decimals: 4, unit: 'pounds', from: 0.2, to: 500 }),
  measure('height_cm', 'height', { ...LENGTH, from: 20, to: 260 }),
  measure('temperature_c', 'temperature', { whole: 3, decimals: 3, unit: 'fahrenheit', from: 25, to: 45 }),
  measure('pulse_bpm', 'pulse', { ...RATE, from: 20, to: 300 }),
  measure('respiration_rate', 'respiration', { ...RATE, from: 4, to: 120 }),
  measure('spo2_pct', 'oxygen_saturation', { whole: 3, decimals: 2, from: 40, to: 100 }),
  measure('o2_flow_lpm', 'oxygen_flow_rate', { ...RATE, from: 0, to: 100 }),
  measure('bmi', 'BMI', { whole: 4, decimals: 3, from: 5, to: 150 }),
  measure('waist_cm', 'waist_circ', { ...LENGTH, from: 20, to: 300 }),
  measure('head_circumference_cm', 'head_circ', { ...LENGTH, from: 20, to: 80 }),
];

/** The type of a measure's target column. */
export function typeOf({ whole, decimals }: Measure): string {
  return `numeric(${whole + decimals},${decimals})`;
}
