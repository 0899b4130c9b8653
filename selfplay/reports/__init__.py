"""What a run shows of itself: pictures for TensorBoard, and how it stands at a glance."""
