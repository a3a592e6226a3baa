/** An OpenEMR database, of version 5.0 to 8, becomes the databases of four services. */
import fs from 'node:fs';
import type { ServiceName } from '../../core/services.ts';
import { requireFieldKey, type FieldKey } from '../../mapping/field-crypto.ts';
import type { Profile } from '../../mapping/mapping.ts';
import type { SchemaScript } from '../../postgres/schema-plan.ts';
import { appointmentMappings } from './appointment/appointment-mappings.ts';
import { openemrDocuments } from './documents/openemr-documents.ts';
import { doctorMappings } from './doctor/doctor-mappings.ts';
import { medicalRecordsMappings } from './medical-records/medical-records-mappings.ts';
import { patientMappings } from './patient/patient-mappings.ts';
import { tellingUuidOnce } from './fhir-uuid.ts';
import { siteOf } from './site.ts';

const SCHEMAS = {
  doctor: 'doctor',
  patient: 'patient',
  appointment: 'appointment',
  'medical-records': 'medical_records',
} as const satisfies Record<ServiceName, string>;

const SERVICES = Object.keys(SCHEMAS) as ServiceName[];

/** Throws CONFIG_INVALID where there is no key for the fields that it encrypts. */
export function openemrProfile(secrets: { fieldKey: FieldKey | null }): Profile {
  const fieldKey = requireFieldKey(secrets);
  return {
    name: 'openemr',
    services: SERVICES,
    mappings: (source, options) => {
      const site = siteOf(source, options, fieldKey);
      const mappings = [
        ...doctorMappings(site),
        ...patientMappings(site),
        ...appointmentMappings(site),
        ...medicalRecordsMappings(site),
      ];
      return mappings.map(tellingUuidOnce);
    },
    documents: (source, options) => openemrDocuments(siteOf(source, options, fieldKey)),
  };
}

/** The tables of each service, as its DBA reviews them. */
export function openemrScripts(): Record<ServiceName, SchemaScript> {
  const script = (service: ServiceName): SchemaScript => ({
    schema: SCHEMAS[service],
    sql: fs.readFileSync(new URL(`schema/${service}.sql`, import.meta.url), 'utf8'),
  });
  return Object.fromEntries(SERVICES.map((service) => [service, script(service)])) as Record<
    ServiceName,
    SchemaScript
  >;
}
