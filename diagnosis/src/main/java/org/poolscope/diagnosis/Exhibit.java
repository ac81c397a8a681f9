package org.poolscope.diagnosis;

/**
 * Something to look at beside the findings: figures, shapes and pictures of the case, as data. What is worth showing is decided here;
 * how it is drawn is the renderer's.
 */
public sealed interface Exhibit
        permits PoolGauges, TagTables, GrowthCurves, BlockMap, BlockContents, PointerGraph, NamespaceView, Timeline {
}
