/// What a reload found.
public struct SyncReport: Sendable {
    /// Bundles that are new or changed, in order.
    public var upserts: [BundleKey]
    public var unchanged: [BundleKey]
    /// Served before and no longer there.
    public var removed: [BundleKey]
    /// Not served. Where an earlier state of the same bundle is in memory, that one stays.
    public var rejected: [RejectedBundle]
    /// All bundles that are served, as a JSON array for `ml.sync_models`.
    public var bundlesJSON: String
    /// `rejected` as a JSON array for `ml.sync_models`.
    public var rejectedJSON: String
}
