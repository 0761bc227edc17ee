//! Our own face recogniser behind an HTTP contract.

pub mod engine;
pub mod picture;
#[cfg(test)]
mod scratch {
    #[test]
    fn go() {
        let m = "/root/.cache/rollcall/models/"; let p = "/root/.cache/rollcall/portraits/";
        let t = std::time::Instant::now();
        let files = crate::engine::ModelFiles { landmarks: std::fs::read(format!("{m}shape_predictor_5_face_landmarks.dat")).unwrap(), network: std::fs::read(format!("{m}dlib_face_recognition_resnet_model_v1.dat")).unwrap() };
        let e = crate::engine::Engine::new(&files, 40).unwrap(); println!("load {:?}", t.elapsed());
        let mut all = vec![];
        for n in ["obama.jpg","obama2.jpg","obama3.jpg","biden.jpg","astronaut.png","coffee.png"] {
            let t = std::time::Instant::now();
            let pic = crate::picture::Picture::decode(&std::fs::read(format!("{p}{n}")).unwrap()).unwrap(); let d = t.elapsed();
            let a = e.analyse(&pic).unwrap(); println!("{n} {}x{} decode {d:?} detect {:?} embed {:?}", pic.width, pic.height, a.detection, a.embedding);
            for f in a.faces { println!("  {:?} w {} q {} {:?}", f.area, f.width, f.quality, &f.embedding[..4]); if f.width > 100.0 { all.push((n, f.embedding)); } }
        }
        for (n, a) in &all { for (_, b) in &all { print!("{:.3} ", a.iter().zip(b).map(|(x, y)| (x - y).powi(2)).sum::<f32>().sqrt()); } println!("{n}"); }
    }
}
