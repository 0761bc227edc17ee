//! One file a kind: what its jobs do.

mod capture_frame;
mod check_camera_health;
mod cleanup_old_data;
mod expire_presence;
mod sample_cameras;
mod send_frame;
mod test_detection_provider;
