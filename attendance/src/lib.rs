//! Pure rules that turn sightings into attendance.
