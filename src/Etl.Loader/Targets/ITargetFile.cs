namespace Etl.Loader.Targets;

/// <summary>
/// The file that a target is. One that is missing is away (a share that is not mounted, a file that someone moved), and never taken for a new one by
/// itself where the ledger knows of loads in it.
/// </summary>
internal interface ITargetFile
{
    string Path { get; }

    bool IsMissing { get; }

    /// <summary>
    /// Makes a new file that belongs to no one yet, on a person's word: anyone who takes the lane next takes it. Throws <see cref="LoaderException"/> where
    /// there is a file.
    /// </summary>
    Task BeginAsync(CancellationToken token);
}
