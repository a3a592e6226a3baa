/** The service databases of the new system, and how each is named in the environment. */
export const SERVICES = {
  patient: { envPrefix: 'TARGET', defaultDatabase: 'patient_service' },
  appointment: { envPrefix: 'TARGET_APPOINTMENT', defaultDatabase: 'appointment_service' },
  'medical-records': { envPrefix: 'TARGET_MEDICAL_RECORDS', defaultDatabase: 'medical_records_service' },
  doctor: { envPrefix: 'TARGET_DOCTOR', defaultDatabase: 'doctor_service' },
} as const;

export type ServiceName = keyof typeof SERVICES;
