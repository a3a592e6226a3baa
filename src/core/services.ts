/**
 * The service databases of the new system, and how each is named in the environment and by people. In the order in which they
 * are loaded: what a service's rows refer to by id is loaded before them, though no load needs another to be there.
 */
export const SERVICES = {
  doctor: { envPrefix: 'TARGET_DOCTOR', defaultDatabase: 'doctor_service', entity: 'doctors' },
  patient: { envPrefix: 'TARGET', defaultDatabase: 'patient_service', entity: 'patients' },
  appointment: {
    envPrefix: 'TARGET_APPOINTMENT',
    defaultDatabase: 'appointment_service',
    entity: 'appointments',
  },
  'medical-records': {
    envPrefix: 'TARGET_MEDICAL_RECORDS',
    defaultDatabase: 'medical_records_service',
    entity: 'medical-records',
  },
} as const;

export type ServiceName = keyof typeof SERVICES;

export const SERVICE_NAMES = Object.keys(SERVICES) as ServiceName[];
