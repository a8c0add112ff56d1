"""The vendors' protocols, one module per surface. What they serve is the store's business."""
