//! One file a kind: what its jobs do.

mod capture_frame;
mod check_camera_health;
mod sample_cameras;
mod send_frame;
mod test_detection_provider;
