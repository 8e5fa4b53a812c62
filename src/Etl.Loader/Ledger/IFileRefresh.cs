namespace Etl.Loader.Ledger;

/// <summary>Looks up a load's files as they are now, for a requeue or a reload.</summary>
internal interface IFileRefresh
{
    /// <summary>Throws <see cref="LoaderException"/> where a file is missing or the inbox is away.</summary>
    LoadSpec Refresh(LoadSpec spec);
}
