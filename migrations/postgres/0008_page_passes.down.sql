DROP TABLE page_passes;
